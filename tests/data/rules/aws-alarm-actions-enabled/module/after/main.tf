module "part" {
  source = "./part"
  wanted = true
}
