variable "name" {}
variable "size" {
  default = 0
}

resource "terraform_data" "a" {
  input = [var.name, var.size]
}

output "o" {
  value = "a"
}
