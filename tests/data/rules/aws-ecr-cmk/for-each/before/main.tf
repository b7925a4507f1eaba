resource "aws_ecr_repository" "app" {
  for_each = {
    first  = { encryption_type = "KMS" }
    second = { encryption_type = "AES256" }
  }

  name = each.key

  encryption_configuration {
    encryption_type = each.value.encryption_type
  }
}
