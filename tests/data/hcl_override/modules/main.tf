module "m" {
  source = "./a"
  name   = "base"
  size   = 1
}

module "n" {
  source = "./a"
  name   = "n"
}

module "t" {
  source   = "./b"
  for_each = { x = 1 }
  name     = each.key
}

resource "terraform_data" "reads" {
  input = [module.m.o, module.n[1].o, module.t["y"].o]
}
