resource "aws_lambda_function" "api" {
  for_each = {
    first  = { mode = "Active" }
    second = { mode = "Active" }
  }

  function_name = each.key
  role          = "arn:aws:iam::111122223333:role/api"
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "api.zip"

  tracing_config {
    mode = each.value.mode
  }
}
