resource "aws_athena_database" "logs" {
  name   = "logs"
  bucket = "query-results"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "results" {
  bucket = "query-results"

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
