locals {
  a = "from $${override} ${local.b}"
}

resource "terraform_data" "r" {
  lifecycle {
    create_before_destroy = true
  }
}

output "o" {
  value = "over ${terraform_data.r.triggers_replace}"
}
