module "part" {
  source = "./part"

  log_group_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:access"
}
