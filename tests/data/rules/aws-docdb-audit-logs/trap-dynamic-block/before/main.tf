resource "aws_docdb_cluster_parameter_group" "main" {
  name   = "main"
  family = "docdb5.0"

  dynamic "parameter" {
    for_each = var.blocks
    content {
      name  = "audit_logs"
      value = "all"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
