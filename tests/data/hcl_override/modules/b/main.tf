variable "name" {}
variable "size" {
  default = 7
}

resource "terraform_data" "b" {
  input = "${var.name}/${var.size}"
}

output "o" {
  value = terraform_data.b.input
}
