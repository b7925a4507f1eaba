resource "aws_lambda_function_url" "hook" {
  for_each = {
    first  = { authorization_type = "AWS_IAM" }
    second = { authorization_type = "NONE" }
  }

  function_name      = each.key
  authorization_type = each.value.authorization_type
}
