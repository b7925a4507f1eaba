module "main" {
  source = "./modules/main"
  type   = "ACCOUNT_UNUSED_ACCESS"
}
