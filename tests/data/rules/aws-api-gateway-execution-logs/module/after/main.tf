module "part" {
  source = "./part"

  level = "ERROR"
}
