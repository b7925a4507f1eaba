resource "aws_lambda_permission" "api" {
  for_each = {
    first  = { principal = "111122223333" }
    second = { principal = "111122223333" }
  }

  statement_id  = "AllowAll"
  action        = "lambda:InvokeFunction"
  function_name = each.key
  principal     = each.value.principal
}
