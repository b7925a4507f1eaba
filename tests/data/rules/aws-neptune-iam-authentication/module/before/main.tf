module "graph" {
  source = "./modules/graph"
  name   = "graph"
  iam    = false
}
