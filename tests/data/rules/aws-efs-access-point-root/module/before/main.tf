module "part" {
  source = "./part"
  wanted = "/"
}
