module "api" {
  source    = "./modules/api"
  principal = "111122223333"
}
