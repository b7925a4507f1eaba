resource "aws_kms_key" "logs" {
  for_each = {
    first  = { enable_key_rotation = true }
    second = { enable_key_rotation = false }
  }

  description         = "encrypts the log bucket"
  enable_key_rotation = each.value.enable_key_rotation
}
