module "hook" {
  source             = "./modules/hook"
  authorization_type = "AWS_IAM"
}
