resource "aws_rds_cluster" "spare" {
  cluster_identifier          = "spare"
  engine                      = "aurora-mysql"
  master_username             = "app"
  manage_master_user_password = true
  backtrack_window            = 0
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "aurora-mysql"
  master_username             = "app"
  manage_master_user_password = true
  backtrack_window            = 0
}
