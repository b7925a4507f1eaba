module "part" {
  source = "./part"
  wanted = "ObjectWriter"
}
