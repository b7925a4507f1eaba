resource "aws_ecr_lifecycle_policy" "any" {
  repository = "app"
  policy     = "{}"
}
