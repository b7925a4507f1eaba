module "graph" {
  source  = "./modules/graph"
  name    = "graph"
  protect = false
}
