module "part" {
  source = "./part"

  logging = true
}
