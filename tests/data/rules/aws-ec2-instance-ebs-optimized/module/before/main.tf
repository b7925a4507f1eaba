module "part" {
  source = "./part"

  ebs_optimized = false
}
