module "graph" {
  source = "./modules/graph"
  name   = "graph"
  copy   = false
}
