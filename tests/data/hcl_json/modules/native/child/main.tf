variable "name" {
  type = string
}

variable "sizes" {
  type    = list(number)
  default = []
}

resource "terraform_data" "in" {
  input = { name = var.name, sizes = var.sizes }
}

output "name" {
  value = "<${var.name}>"
}
