module "part" {
  source = "./part"

  protocol = "HTTP"
}
