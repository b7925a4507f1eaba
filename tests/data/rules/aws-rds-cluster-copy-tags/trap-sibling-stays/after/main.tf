resource "aws_rds_cluster" "spare" {
  cluster_identifier          = "spare"
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  copy_tags_to_snapshot       = false
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  copy_tags_to_snapshot       = true
}
