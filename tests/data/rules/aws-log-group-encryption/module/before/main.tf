module "part" {
  source = "./part"
  wanted = null
}
