module "watch" {
  source = "./watch"
}
