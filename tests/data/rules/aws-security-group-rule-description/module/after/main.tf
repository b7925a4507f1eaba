module "part" {
  source = "./part"

  description = "web_https, managed by Terraform"
}
