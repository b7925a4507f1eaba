module "part" {
  source = "./part"

  level = "OFF"
}
