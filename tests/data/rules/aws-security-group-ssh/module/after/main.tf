module "net" {
  source = "./net"
  admins = ["192.0.2.0/24"]
}
