module "part" {
  source = "./part"

  enable_deletion_protection = true
}
