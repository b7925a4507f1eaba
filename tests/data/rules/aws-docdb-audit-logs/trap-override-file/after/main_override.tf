resource "aws_docdb_cluster_parameter_group" "main" {
  parameter {
    name  = "audit_logs"
    value = "enabled"
  }
}
