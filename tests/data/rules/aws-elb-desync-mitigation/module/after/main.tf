module "part" {
  source = "./part"

  desync_mitigation_mode = "defensive"
}
