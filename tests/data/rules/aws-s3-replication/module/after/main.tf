module "store" {
  source = "./store"
}
