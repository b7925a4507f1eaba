resource "aws_lambda_permission" "uploads" {
  for_each = toset(["first", "second"])

  statement_id   = "AllowS3"
  action         = "lambda:InvokeFunction"
  function_name  = each.key
  principal      = "s3.amazonaws.com"
  source_account = "111122223333"
}
