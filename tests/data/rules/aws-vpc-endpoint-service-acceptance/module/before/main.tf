module "part" {
  source = "./part"

  acceptance_required = false
}
