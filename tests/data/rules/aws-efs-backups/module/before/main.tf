module "part" {
  source = "./part"
  wanted = "DISABLED"
}
