module "graph" {
  source = "./modules/graph"
  name   = "graph"
  logs   = []
}
