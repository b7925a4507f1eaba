module "part" {
  source = "./part"

  description = "Into web, managed by Terraform"
}
