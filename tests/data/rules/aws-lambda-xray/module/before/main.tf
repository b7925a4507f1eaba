module "api" {
  source = "./modules/api"
  mode   = "PassThrough"
}
