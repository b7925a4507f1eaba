module "analysts" {
  source            = "./modules/analysts"
  encryption_option = null
}
