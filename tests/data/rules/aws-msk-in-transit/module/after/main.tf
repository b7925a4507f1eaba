module "events" {
  source        = "./modules/events"
  client_broker = "TLS"
}
