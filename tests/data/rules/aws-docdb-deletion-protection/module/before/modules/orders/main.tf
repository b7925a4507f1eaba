variable "name" {
  type = string
}

variable "protect" {
  type = bool
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier          = var.name
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  deletion_protection         = var.protect
}
