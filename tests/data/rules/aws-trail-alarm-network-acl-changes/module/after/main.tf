module "audit" {
  source = "./audit"
}
