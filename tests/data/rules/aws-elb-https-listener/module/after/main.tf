module "part" {
  source = "./part"

  protocol = "https"
}
