resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mysql8.0"

  dynamic "parameter" {
    for_each = var.blocks
    content {
      name  = "require_secure_transport"
      value = "ON"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
