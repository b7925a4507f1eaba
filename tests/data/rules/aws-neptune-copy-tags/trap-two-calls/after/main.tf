module "graph" {
  source = "./modules/graph"
  name   = "graph"
  copy   = true
}

module "spare" {
  source = "./modules/graph"
  name   = "spare"
}
