module "part" {
  source = "./part"

  health_check_type = "EC2"
}
