variable "name" {
  type = string
}

variable "encrypt" {
  type = bool
}

resource "aws_docdb_cluster" "this" {
  cluster_identifier          = var.name
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  storage_encrypted           = var.encrypt
}
