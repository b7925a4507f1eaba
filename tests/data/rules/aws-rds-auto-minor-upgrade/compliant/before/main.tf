resource "aws_rds_cluster_instance" "main" {
  auto_minor_version_upgrade = true
}
