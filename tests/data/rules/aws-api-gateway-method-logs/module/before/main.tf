module "part" {
  source = "./part"

  logging_level = "OFF"
}
