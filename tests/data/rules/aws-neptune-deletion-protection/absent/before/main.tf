resource "aws_neptune_cluster" "main" {
  cluster_identifier                  = "main"
  iam_database_authentication_enabled = true
}
