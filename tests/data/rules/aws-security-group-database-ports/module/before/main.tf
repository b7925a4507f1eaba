module "net" {
  source = "./net"
  admins = ["0.0.0.0/0"]
}
