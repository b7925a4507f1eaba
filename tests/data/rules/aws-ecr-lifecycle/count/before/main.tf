resource "aws_ecr_repository" "app" {
  count = 2

  name = "app-${count.index}"
}
