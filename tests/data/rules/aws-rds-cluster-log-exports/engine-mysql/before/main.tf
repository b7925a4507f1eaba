resource "aws_rds_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "mysql"
  master_username             = "app"
  manage_master_user_password = true
}
