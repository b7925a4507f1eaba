variable "exports" {
  type    = list(string)
  default = ["audit"]
}

resource "aws_docdb_cluster" "main" {
  enabled_cloudwatch_logs_exports = var.exports
}
