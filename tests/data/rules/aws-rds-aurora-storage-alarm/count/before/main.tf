resource "aws_rds_cluster_instance" "main" {
  count = 2

  identifier         = "main-${count.index}"
  cluster_identifier = "shop"
  engine             = "aurora-mysql"
  instance_class     = "db.r6g.large"
}
