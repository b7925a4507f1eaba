variable "typed" {
  type = number
}

variable "other" {
  type    = list(string)
  default = [1, "x"]
}

variable "given" {
  default = "over"
}

variable "null" {
  default  = null
  nullable = true
}

output "o" {
  value = "o is ${var.typed}"
}

output "p" {
  sensitive = false
}
