resource "aws_lambda_permission" "api" {
  statement_id   = "AllowAll"
  action         = "lambda:InvokeFunction"
  function_name  = "api"
  principal      = "*"
  source_account = "111122223333"
}
