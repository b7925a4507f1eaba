module "graph" {
  source = "./modules/graph"
  name   = "graph"
  days   = 2
}
