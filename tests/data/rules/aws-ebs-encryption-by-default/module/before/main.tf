module "part" {
  source = "./part"

  enabled = false
}
