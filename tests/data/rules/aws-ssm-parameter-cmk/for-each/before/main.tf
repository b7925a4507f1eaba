resource "aws_ssm_parameter" "db" {
  for_each = {
    first  = { key_id = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666" }
    second = { key_id = "alias/aws/ssm" }
  }

  name   = each.key
  type   = "SecureString"
  value  = "change-me"
  key_id = each.value.key_id
}
