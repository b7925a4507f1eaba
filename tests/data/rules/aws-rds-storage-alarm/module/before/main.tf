module "part" {
  source = "./part"
}
