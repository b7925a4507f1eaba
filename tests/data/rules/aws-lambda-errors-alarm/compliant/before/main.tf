resource "aws_lambda_function" "jobs" {
  function_name = "jobs"
  role          = "arn:aws:iam::111122223333:role/jobs"
  handler       = "main.run"
  runtime       = "python3.13"
  filename      = "jobs.zip"
}
