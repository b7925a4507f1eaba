resource "aws_athena_database" "logs" {
  for_each = {
    first  = { encryption_option = "SSE_S3" }
    second = { encryption_option = "" }
  }

  name   = each.key
  bucket = "query-results"

  encryption_configuration {
    encryption_option = each.value.encryption_option
  }
}
