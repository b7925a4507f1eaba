variable "principal" {
  type = string
}

resource "aws_lambda_permission" "api" {
  statement_id  = "AllowAll"
  action        = "lambda:InvokeFunction"
  function_name = "api"
  principal     = var.principal
}
