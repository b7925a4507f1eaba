module "graph" {
  source = "./modules/graph"
  name   = "graph"
}

module "spare" {
  source = "./modules/graph"
  name   = "spare"
}
