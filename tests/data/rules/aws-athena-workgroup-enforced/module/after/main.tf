module "analysts" {
  source                          = "./modules/analysts"
  enforce_workgroup_configuration = true
}
