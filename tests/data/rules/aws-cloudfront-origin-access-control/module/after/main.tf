module "part" {
  source = "./part"

  access_control_id = "E0123456789ABC"
}
