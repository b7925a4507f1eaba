module "ssh" {
  source = "./net"
  port   = 22
}

module "web" {
  source = "./net"
  port   = 443
}
