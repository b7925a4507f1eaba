module "part" {
  source = "./part"

  authorization = "NONE"
}
