module "part" {
  source = "./part"

  logging_level = "ERROR"
}
