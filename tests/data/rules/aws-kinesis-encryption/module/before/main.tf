module "events" {
  source          = "./modules/events"
  encryption_type = "NONE"
}
