resource "terraform_data" "r" {
  input = 1

  lifecycle {
    ignore_changes = [input]

    precondition {
      condition     = var.on
      error_message = "off"
    }
  }

  provisioner "local-exec" {
    command = "false"
  }
}

variable "on" {
  default = true
}
