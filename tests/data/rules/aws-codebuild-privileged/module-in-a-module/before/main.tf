module "platform" {
  source          = "./modules/platform"
  privileged_mode = true
}
