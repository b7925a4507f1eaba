variable "root_access" {
  type = string
}

module "research" {
  source      = "../research"
  root_access = var.root_access
}
