variable "name" {
  type = string
}

variable "days" {
  type = number
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier          = var.name
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  backup_retention_period     = var.days
}
