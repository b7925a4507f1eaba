variable "name" {
  type = string
}

variable "logs" {
  type = list(string)
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier              = var.name
  engine                          = "docdb"
  master_username                 = "app"
  manage_master_user_password     = true
  enabled_cloudwatch_logs_exports = var.logs
}
