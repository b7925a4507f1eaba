module "part" {
  source = "./part"

  enabled = true
}
