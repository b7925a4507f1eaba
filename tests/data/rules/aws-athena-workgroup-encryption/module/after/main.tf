module "analysts" {
  source            = "./modules/analysts"
  encryption_option = "SSE_S3"
}
