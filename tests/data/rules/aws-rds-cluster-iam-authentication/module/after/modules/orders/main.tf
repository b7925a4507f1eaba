variable "name" {
  type = string
}

variable "iam" {
  type = bool
}

resource "aws_rds_cluster" "this" {
  cluster_identifier                  = var.name
  engine                              = "aurora-postgresql"
  master_username                     = "app"
  manage_master_user_password         = true
  iam_database_authentication_enabled = var.iam
}
