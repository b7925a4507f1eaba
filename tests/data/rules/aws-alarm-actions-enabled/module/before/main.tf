module "part" {
  source = "./part"
  wanted = false
}
