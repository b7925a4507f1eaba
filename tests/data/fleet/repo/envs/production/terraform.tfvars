environment = "prod"
region      = "eu-west-1"
zones       = ["eu-west-1a", "eu-west-1b"]

services = {
  checkout = {
    image         = "registry.example.com/checkout:1.4"
    priority      = 10
    allowed_cidrs = ["10.40.0.0/16"]
  }
  catalog = {
    image    = "registry.example.com/catalog:2.0"
    priority = 20
    port     = 9000
  }
  search = {
    image    = "registry.example.com/search:0.9"
    priority = 30
  }
}

queues = {
  orders   = { fifo = true }
  mails    = {}
  invoices = { dead_letters = false }
}

with_warehouse = true
