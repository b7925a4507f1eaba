module "part" {
  source = "./part"

  launch_configuration = "web-1"
}
