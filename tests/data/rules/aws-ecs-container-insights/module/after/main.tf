module "cluster" {
  source   = "./modules/cluster"
  insights = "enabled"
}
