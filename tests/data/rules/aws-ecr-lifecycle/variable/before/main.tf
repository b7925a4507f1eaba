variable "name" {
  type    = string
  default = "app"
}

resource "aws_ecr_repository" "app" {
  name = var.name
}
