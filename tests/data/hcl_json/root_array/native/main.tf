locals {
  a = "a"
}

locals {
  b = "${local.a}b"
}

resource "terraform_data" "x" {
  input = local.b
}

output "x" {
  value = terraform_data.x.input
}
