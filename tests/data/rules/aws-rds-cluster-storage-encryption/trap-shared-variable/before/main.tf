resource "aws_rds_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  storage_encrypted           = var.encrypt
}

resource "aws_rds_cluster" "spare" {
  cluster_identifier          = "spare"
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  storage_encrypted           = var.encrypt
}

variable "encrypt" {
  type    = bool
  default = false
}
