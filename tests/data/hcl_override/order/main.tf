locals {
  a = "main"
  b = "main"
  c = "main"
  d = "main"
}

resource "terraform_data" "r" {
  input            = [local.a, local.b, local.c, local.d]
  triggers_replace = "main"
}
