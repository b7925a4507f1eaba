module "part" {
  source = "./part"

  monitoring = false
}
