variable "setting" {
  type    = string
  default = "NONE"
}

resource "aws_lambda_function_url" "hook" {
  function_name      = "hook"
  authorization_type = var.setting
}

resource "aws_lambda_function_url" "hook_two" {
  function_name      = "hook-two"
  authorization_type = var.setting
}
