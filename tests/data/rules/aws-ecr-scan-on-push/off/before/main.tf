resource "aws_ecr_repository" "app" {
  image_scanning_configuration {
    scan_on_push = false
  }
}
