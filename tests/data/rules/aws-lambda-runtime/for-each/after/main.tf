resource "aws_lambda_function" "api" {
  for_each = {
    first  = { runtime = "python3.13" }
    second = { runtime = "python3.13" }
  }

  function_name = each.key
  role          = "arn:aws:iam::111122223333:role/api"
  handler       = "main.handler"
  filename      = "api.zip"
  runtime       = each.value.runtime
}
