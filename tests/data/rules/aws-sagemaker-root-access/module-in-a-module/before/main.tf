module "platform" {
  source      = "./modules/platform"
  root_access = "Enabled"
}
