module "store" {
  source = "./store"

  tags = {
    Name       = "data"
    VantaOwner = "ops@acme.example"
  }
}
