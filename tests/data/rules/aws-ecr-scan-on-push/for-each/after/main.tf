resource "aws_ecr_repository" "app" {
  for_each = {
    first  = { scan_on_push = true }
    second = { scan_on_push = true }
  }

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = each.value.scan_on_push
  }
}
