variable "name" {
  type = string
}
resource "terraform_data" "that" {
  input = "canary-${var.name}"
}
moved {
  from = terraform_data.this
  to   = terraform_data.that
}
module "deeper" {
  source = "../deep"
  count  = 2
}
moved {
  from = module.deep
  to   = module.deeper
}
