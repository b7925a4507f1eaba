module "app" {
  source         = "./modules/app"
  encryption_key = "alias/aws/s3"
}
