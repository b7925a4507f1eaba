locals {
  stores = {
    raw   = { versioning = false }
    clean = { versioning = true }
  }
}

module "store" {
  source     = "./store"
  for_each   = local.stores
  name       = each.key
  versioning = each.value.versioning
}
