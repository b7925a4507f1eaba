resource "aws_lambda_function_url" "hook" {
  function_name      = "hook"
  authorization_type = "NONE"

  lifecycle {
    ignore_changes = [authorization_type]
  }
}
