module "web" {
  source   = "./modules/web"
  pid_mode = "host"
}
