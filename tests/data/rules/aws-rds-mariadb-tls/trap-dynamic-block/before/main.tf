resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mariadb10.11"

  dynamic "parameter" {
    for_each = var.blocks
    content {
      name  = "require_secure_transport"
      value = "1"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
