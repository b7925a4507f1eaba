module "app" {
  source               = "./modules/app"
  image_tag_mutability = "IMMUTABLE"
}
