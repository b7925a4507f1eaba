module "watch" {
  source = "./watch"
  topics = []
}
