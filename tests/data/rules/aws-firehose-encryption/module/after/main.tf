module "events" {
  source  = "./modules/events"
  enabled = true
}
