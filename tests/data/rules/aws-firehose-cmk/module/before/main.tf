module "events" {
  source    = "./modules/events"
  encrypted = false
}
