module "cluster" {
  source  = "./modules/cluster"
  key_arn = ""
}
