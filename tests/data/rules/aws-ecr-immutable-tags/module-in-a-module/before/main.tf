module "platform" {
  source               = "./modules/platform"
  image_tag_mutability = "MUTABLE"
}
