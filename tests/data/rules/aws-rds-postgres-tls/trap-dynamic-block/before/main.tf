resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "postgres14"

  dynamic "parameter" {
    for_each = var.blocks
    content {
      name  = "rds.force_ssl"
      value = "1"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
