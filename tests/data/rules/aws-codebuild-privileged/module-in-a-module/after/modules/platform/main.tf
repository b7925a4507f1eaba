variable "privileged_mode" {
  type = bool
}

module "app" {
  source          = "../app"
  privileged_mode = var.privileged_mode
}
