module "part" {
  source = "./part"

  security_policy = "TLS_1_2"
}
