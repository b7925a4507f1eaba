module "part" {
  source = "./part"

  kms_key_id = null
}
