module "part" {
  source = "./part"

  minimum_protocol_version = "TLSv1.2_2021"
}
