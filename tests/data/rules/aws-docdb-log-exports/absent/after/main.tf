resource "aws_docdb_cluster" "main" {
  cluster_identifier              = "main"
  enabled_cloudwatch_logs_exports = ["audit", "profiler"]
}
