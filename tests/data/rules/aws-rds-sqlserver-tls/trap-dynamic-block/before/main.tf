resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "sqlserver-se-15.0"

  dynamic "parameter" {
    for_each = var.blocks
    content {
      name         = "rds.force_ssl"
      apply_method = "pending-reboot"
      value        = "1"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
