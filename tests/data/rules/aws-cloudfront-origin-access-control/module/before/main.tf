module "part" {
  source = "./part"

  access_control_id = ""
}
