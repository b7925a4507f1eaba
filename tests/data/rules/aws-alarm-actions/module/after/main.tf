module "watch" {
  source = "./watch"
  topics = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
