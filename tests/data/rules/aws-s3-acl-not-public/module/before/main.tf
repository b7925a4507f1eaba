module "store" {
  source = "./store"
  acl    = "public-read"
}
