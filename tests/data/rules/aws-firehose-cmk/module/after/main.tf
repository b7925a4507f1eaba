module "events" {
  source    = "./modules/events"
  encrypted = true
}
