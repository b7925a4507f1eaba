resource "aws_athena_database" "logs" {
  name   = "logs"
  bucket = "query-results"
}
