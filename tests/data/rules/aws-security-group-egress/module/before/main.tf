module "net" {
  source = "./net"
  out    = ["0.0.0.0/0"]
}
