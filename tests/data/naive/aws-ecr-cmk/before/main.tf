resource "aws_kms_key" "main" {
  description = "Data at rest"
}

resource "aws_ecr_repository" "app" {
  name = "app"
}
