variable "target_arn" {
  type    = string
  default = "arn:aws:sqs:eu-west-1:111122223333:failed"
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::111122223333:role/api"
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "api.zip"

  dead_letter_config {
    target_arn = var.target_arn
  }
}
