resource "aws_rds_cluster_instance" "main" {
  count = 2

  name = "main-${count.index}"

  auto_minor_version_upgrade = true
}
