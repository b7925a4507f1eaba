module "store" {
  source = "./store"

  tags = {
    Name             = "data"
    VantaDescription = "The web shop"
  }
}
