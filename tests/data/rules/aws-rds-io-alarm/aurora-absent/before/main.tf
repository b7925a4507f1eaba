resource "aws_rds_cluster_instance" "main" {
  identifier         = "main"
  cluster_identifier = "shop"
  engine             = "aurora-mysql"
  instance_class     = "db.r6g.large"
}
