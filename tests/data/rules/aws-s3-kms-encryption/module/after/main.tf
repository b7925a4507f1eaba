module "part" {
  source = "./part"
  wanted = "aws:kms"
}
