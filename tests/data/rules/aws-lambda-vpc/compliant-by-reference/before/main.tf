resource "aws_subnet" "a" {
  vpc_id     = "vpc-0a"
  cidr_block = "10.0.0.0/24"
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::111122223333:role/api"
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "api.zip"

  vpc_config {
    subnet_ids         = [aws_subnet.a.id]
    security_group_ids = ["sg-0c"]
  }
}
