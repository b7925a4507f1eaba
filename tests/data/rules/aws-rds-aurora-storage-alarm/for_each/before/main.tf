resource "aws_rds_cluster_instance" "main" {
  for_each = toset(["a", "b"])

  identifier         = "main-${each.key}"
  cluster_identifier = "shop"
  engine             = "aurora-mysql"
  instance_class     = "db.r6g.large"
}
