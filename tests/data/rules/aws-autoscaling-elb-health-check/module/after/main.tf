module "part" {
  source = "./part"

  health_check_type = "ELB"
}
