resource "aws_lambda_permission" "api" {
  statement_id  = "AllowAll"
  action        = "lambda:InvokeFunction"
  function_name = "api"
  principal     = "111122223333"
}

# principal = "*": a person decides about this one
resource "aws_lambda_permission" "api_old" {
  statement_id  = "AllowAll"
  action        = "lambda:InvokeFunction"
  function_name = "api-old"
  principal     = "*"
}
