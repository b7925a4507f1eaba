module "part" {
  source = "./part"

  protocol = "http"
}
