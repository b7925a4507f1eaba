resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::111122223333:role/api"
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "api.zip"
  kms_key_arn   = aws_kms_key.data.arn

  environment {
    variables = {
      STAGE = "prod"
    }
  }
}
