module "part" {
  source = "./part"

  web_acl_id = ""
}
