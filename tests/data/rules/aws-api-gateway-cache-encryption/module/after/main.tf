module "part" {
  source = "./part"

  cache_data_encrypted = true
}
