module "events" {
  source = "./modules/events"
  type   = "DISABLED"
}
