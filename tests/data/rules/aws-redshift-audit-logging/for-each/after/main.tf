resource "aws_redshift_cluster" "facts" {
  for_each = toset(["eu", "us"])

  cluster_identifier     = each.key
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
}

resource "aws_redshift_logging" "facts" {
  for_each = aws_redshift_cluster.facts

  cluster_identifier = each.value.id

  bucket_name = "acme-audit-logs"
}
