module "part" {
  source = "./part"

  viewer_protocol_policy = "allow-all"
}
