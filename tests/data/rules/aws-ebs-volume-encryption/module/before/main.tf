module "part" {
  source = "./part"

  encrypted = false
}
