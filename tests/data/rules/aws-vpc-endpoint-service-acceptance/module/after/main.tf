module "part" {
  source = "./part"

  acceptance_required = true
}
