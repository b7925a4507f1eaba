module "part" {
  source = "./part"

  log_group_arn = ""
}
