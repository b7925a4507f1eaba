variable "v" {
  type    = string
  default = "base"
}

locals {
  a = "base"
  b = "base"
}

resource "terraform_data" "r" {
  input            = { v = var.v, a = local.a, b = local.b }
  triggers_replace = "base"

  lifecycle {
    ignore_changes = [input]
  }
}

output "o" {
  value       = "base"
  description = "kept"
}
