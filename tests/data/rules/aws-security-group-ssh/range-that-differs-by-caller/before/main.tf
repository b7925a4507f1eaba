module "net" {
  source = "./net"
  admins = ["0.0.0.0/0"]
}

module "inner" {
  source = "./net"
  admins = ["10.0.0.0/8"]
}
