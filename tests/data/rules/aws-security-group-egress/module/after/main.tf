module "net" {
  source = "./net"
  out    = ["192.0.2.0/24"]
}
