resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-postgresql15"

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
