resource "aws_kms_key" "logs" {
  description = "logs"
}

data "aws_kms_alias" "logs" {
  name = "alias/logs"
}

resource "aws_kms_key_policy" "keys" {
  key_id = try(data.aws_kms_alias.logs.target_key_id, null)
  policy = "{}"
}
