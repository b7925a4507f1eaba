module "part" {
  source = "./part"
  wanted = "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"
}
