resource "aws_rds_cluster_instance" "orders" {
  identifier         = "orders"
  cluster_identifier = "orders"
  engine             = "aurora-mysql"
  instance_class     = "db.t3.medium"
}
