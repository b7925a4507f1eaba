module "part" {
  source = "./part"

  ssl_support_method = "sni-only"
}
