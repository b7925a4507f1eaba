resource "aws_ecr_repository" "app" {
  image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"
}
