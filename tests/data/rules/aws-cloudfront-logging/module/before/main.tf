module "part" {
  source = "./part"

  log_bucket = ""
}
