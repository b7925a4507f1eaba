module "part" {
  source = "./part"

  monitoring = true
}
