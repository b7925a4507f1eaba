resource "aws_ssm_parameter" "token" {
  for_each = {
    first  = { type = "SecureString" }
    second = { type = "String" }
  }

  name  = each.key
  value = "change-me"
  type  = each.value.type
}
