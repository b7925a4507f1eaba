resource "aws_ecr_repository" "app" {
  name                 = "app"
  image_tag_mutability = "IMMUTABLE"

  dynamic "image_scanning_configuration" {
    for_each = [1]
    content {
      scan_on_push = false
    }
  }
}
