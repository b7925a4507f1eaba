module "graph" {
  source  = "./modules/graph"
  name    = "graph"
  encrypt = false
}
