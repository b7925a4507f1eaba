resource "aws_lambda_permission" "api" {
  statement_id     = "AllowAll"
  action           = "lambda:InvokeFunction"
  function_name    = "api"
  principal        = "*"
  principal_org_id = "o-1234567890"
}
