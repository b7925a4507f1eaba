module "part" {
  source = "./part"
  wanted = "BucketOwnerEnforced"
}
