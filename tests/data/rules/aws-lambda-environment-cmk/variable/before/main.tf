variable "kms_key_arn" {
  type    = string
  default = null
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::111122223333:role/api"
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "api.zip"
  kms_key_arn   = var.kms_key_arn

  environment {
    variables = {
      STAGE = "prod"
    }
  }
}
