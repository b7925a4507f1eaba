module "part" {
  source = "./part"

  http_tokens = "optional"
}
