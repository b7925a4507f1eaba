module "part" {
  source = "./part"

  description = ""
}
