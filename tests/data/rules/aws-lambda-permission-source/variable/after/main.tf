variable "source_account" {
  type    = string
  default = "111122223333"
}

resource "aws_lambda_permission" "uploads" {
  statement_id   = "AllowS3"
  action         = "lambda:InvokeFunction"
  function_name  = "api"
  principal      = "s3.amazonaws.com"
  source_account = var.source_account
}
