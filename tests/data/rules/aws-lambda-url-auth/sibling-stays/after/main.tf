resource "aws_lambda_function_url" "hook" {
  function_name      = "hook"
  authorization_type = "AWS_IAM"
}

# authorization_type = "NONE": a person decides about this one
resource "aws_lambda_function_url" "hook_old" {
  function_name      = "hook-old"
  authorization_type = "NONE"
}
