module "part" {
  source = "./part"
  wanted = "/app"
}
