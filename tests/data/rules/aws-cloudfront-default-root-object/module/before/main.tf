module "part" {
  source = "./part"

  default_root_object = ""
}
