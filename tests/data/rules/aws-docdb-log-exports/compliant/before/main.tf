resource "aws_docdb_cluster" "main" {
  enabled_cloudwatch_logs_exports = ["profiler", "audit"]
}
