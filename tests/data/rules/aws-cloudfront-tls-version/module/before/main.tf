module "part" {
  source = "./part"

  minimum_protocol_version = "TLSv1.1_2016"
}
