module "part" {
  source = "./part"

  http_put_response_hop_limit = 1
}
