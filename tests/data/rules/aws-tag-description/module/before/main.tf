module "store" {
  source = "./store"

  tags = {
    Name = "data"
  }
}
