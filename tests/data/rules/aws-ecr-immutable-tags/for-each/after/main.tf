resource "aws_ecr_repository" "app" {
  for_each = {
    first  = { image_tag_mutability = "IMMUTABLE" }
    second = { image_tag_mutability = "IMMUTABLE" }
  }

  name                 = each.key
  image_tag_mutability = each.value.image_tag_mutability
}
