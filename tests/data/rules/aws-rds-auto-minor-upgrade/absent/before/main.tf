resource "aws_rds_cluster_instance" "main" {
  name = "main"
}
