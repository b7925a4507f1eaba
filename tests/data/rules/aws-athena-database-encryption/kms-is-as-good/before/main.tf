resource "aws_athena_database" "logs" {
  name   = "logs"
  bucket = "query-results"

  encryption_configuration {
    encryption_option = "SSE_KMS"
    kms_key           = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
  }
}
