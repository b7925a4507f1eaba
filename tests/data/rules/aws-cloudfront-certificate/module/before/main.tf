module "part" {
  source = "./part"

  certificate_arn = ""
}
