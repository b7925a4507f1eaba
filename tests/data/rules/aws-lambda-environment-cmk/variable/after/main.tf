variable "kms_key_arn" {
  type    = string
  default = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
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
