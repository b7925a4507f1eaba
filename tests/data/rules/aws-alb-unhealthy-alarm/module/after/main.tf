module "part" {
  source = "./part"
  told   = true
}
