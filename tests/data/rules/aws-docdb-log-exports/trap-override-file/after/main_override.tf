resource "aws_docdb_cluster" "orders" {
  enabled_cloudwatch_logs_exports = ["audit", "profiler"]
}
