variable "image_tag_mutability" {
  type = string
}

module "app" {
  source               = "../app"
  image_tag_mutability = var.image_tag_mutability
}
