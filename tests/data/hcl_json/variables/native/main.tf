variable "untyped" {
  default = "$${not} a template"
}

variable "text" {
  type        = string
  description = "$${nor} this"
  default     = 5
}

variable "list" {
  type    = list(string)
  default = ["$${a}", "b"]
}

variable "object" {
  type = object({
    name = string
    size = optional(number, 3)
    tags = optional(map(string), {})
  })
  default = {
    name = "n"
  }
}

variable "given" {
  type = map(list(number))
}

variable "checked" {
  type      = bool
  default   = "true"
  nullable  = false
  sensitive = false

  validation {
    condition     = var.checked
    error_message = "No: ${var.checked}."
  }
}

variable "late" {
  default = "default"
}

resource "terraform_data" "all" {
  input = [var.untyped, var.text, var.list, var.object, var.given, var.checked, var.late]
}
