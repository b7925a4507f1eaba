module "store" {
  source = "./store"
  acl    = "private"
}
