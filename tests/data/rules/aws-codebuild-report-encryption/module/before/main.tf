module "tests" {
  source              = "./modules/tests"
  encryption_disabled = true
}
