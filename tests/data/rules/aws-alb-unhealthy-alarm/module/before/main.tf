module "part" {
  source = "./part"
  told   = false
}
