module "part" {
  source = "./part"

  logging = false
}
