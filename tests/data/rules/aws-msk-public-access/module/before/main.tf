module "events" {
  source = "./modules/events"
  type   = "SERVICE_PROVIDED_EIPS"
}
