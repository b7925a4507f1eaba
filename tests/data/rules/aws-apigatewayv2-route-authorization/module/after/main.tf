module "part" {
  source = "./part"

  authorization = "JWT"
}
