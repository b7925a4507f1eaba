resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::111122223333:role/api"
  handler       = "main.handler"
  filename      = "api.zip"
  runtime       = "python3.8"
}
