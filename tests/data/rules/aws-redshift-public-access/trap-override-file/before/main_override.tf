resource "aws_redshift_cluster" "facts" {
  publicly_accessible = true
}
