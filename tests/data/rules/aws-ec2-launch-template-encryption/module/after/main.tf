module "part" {
  source = "./part"

  encrypted = true
}
