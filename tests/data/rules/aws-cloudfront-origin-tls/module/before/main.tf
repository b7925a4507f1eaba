module "part" {
  source = "./part"

  protocols = ["TLSv1.1", "TLSv1.2"]
}
