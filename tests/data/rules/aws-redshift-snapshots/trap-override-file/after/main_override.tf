resource "aws_redshift_cluster" "facts" {
  automated_snapshot_retention_period = 7
}
