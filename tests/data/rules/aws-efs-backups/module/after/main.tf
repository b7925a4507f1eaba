module "part" {
  source = "./part"
  wanted = "ENABLED"
}
