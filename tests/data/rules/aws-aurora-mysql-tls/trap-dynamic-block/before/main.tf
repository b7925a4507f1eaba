resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-mysql8.0"

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
