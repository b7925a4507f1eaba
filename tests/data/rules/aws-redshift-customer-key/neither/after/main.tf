resource "aws_redshift_cluster" "facts" {
  cluster_identifier     = "facts"
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  encrypted              = true
  kms_key_id             = "arn:aws:kms:eu-central-1:111122223333:key/mrk-2"
}
