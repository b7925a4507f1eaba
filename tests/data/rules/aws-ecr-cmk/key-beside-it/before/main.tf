resource "aws_kms_key" "images" {
  description = "images"
}

resource "aws_ecr_repository" "app" {
  name = "app"
}
