resource "aws_neptune_cluster" "graph" {
  cluster_identifier             = "graph"
  engine                         = "neptune"
  skip_final_snapshot            = false
  enable_cloudwatch_logs_exports = ["audit"]
}
