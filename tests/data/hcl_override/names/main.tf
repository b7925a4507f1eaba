variable "typed" {
  type    = string
  default = "5"
}

variable "other" {
  default = "base"
}

variable "given" {
  default = "base"
}

variable "null" {
  default = "base"
}

output "o" {
  value = var.typed
}

output "p" {
  value     = "p"
  sensitive = true
}

resource "terraform_data" "r" {
  input = [var.typed, var.other, var.given, var.null]
}
