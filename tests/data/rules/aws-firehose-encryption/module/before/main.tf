module "events" {
  source  = "./modules/events"
  enabled = false
}
