module "part" {
  source = "./part"

  origin_protocol_policy = "http-only"
}
