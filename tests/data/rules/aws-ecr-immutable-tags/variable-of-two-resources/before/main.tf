variable "setting" {
  type    = string
  default = "MUTABLE"
}

resource "aws_ecr_repository" "app" {
  name                 = "app"
  image_tag_mutability = var.setting
}

resource "aws_ecr_repository" "app_two" {
  name                 = "app-two"
  image_tag_mutability = var.setting
}
