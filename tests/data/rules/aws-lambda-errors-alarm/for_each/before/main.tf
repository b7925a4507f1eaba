resource "aws_lambda_function" "jobs" {
  for_each = toset(["a", "b"])

  function_name = "jobs-${each.key}"
  role          = "arn:aws:iam::111122223333:role/jobs"
  handler       = "main.run"
  runtime       = "python3.13"
  filename      = "jobs.zip"
}
