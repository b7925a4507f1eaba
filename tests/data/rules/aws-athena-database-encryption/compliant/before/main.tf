resource "aws_athena_database" "logs" {
  name   = "logs"
  bucket = "query-results"

  encryption_configuration {
    encryption_option = "SSE_S3"
  }
}
