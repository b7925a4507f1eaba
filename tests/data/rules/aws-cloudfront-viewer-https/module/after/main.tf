module "part" {
  source = "./part"

  viewer_protocol_policy = "redirect-to-https"
}
