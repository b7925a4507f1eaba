resource "aws_neptune_cluster" "main" {
  cluster_identifier  = "graph"
  skip_final_snapshot = true
  storage_encrypted   = true
}
