module "part" {
  source = "./part"

  protocols = ["TLSv1.2"]
}
