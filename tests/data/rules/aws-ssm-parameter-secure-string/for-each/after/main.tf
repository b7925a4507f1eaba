resource "aws_ssm_parameter" "token" {
  for_each = {
    first  = { type = "SecureString" }
    second = { type = "SecureString" }
  }

  name  = each.key
  value = "change-me"
  type  = each.value.type
}
