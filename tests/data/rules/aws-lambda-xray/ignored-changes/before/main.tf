resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::111122223333:role/api"
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "api.zip"

  tracing_config {
    mode = "PassThrough"
  }

  lifecycle {
    ignore_changes = [tracing_config]
  }
}
