module "events" {
  source           = "./modules/events"
  retention_period = 24
}
