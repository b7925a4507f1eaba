module "part" {
  source = "./part"

  associate_public_ip_address = false
}
