module "part" {
  source = "./part"
  wanted = "AES256"
}
