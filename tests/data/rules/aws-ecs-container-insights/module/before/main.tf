module "cluster" {
  source   = "./modules/cluster"
  insights = "disabled"
}
