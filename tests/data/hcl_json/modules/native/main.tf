module "one" {
  source = "./child"
  name   = "one"
  sizes  = [1, 2]
}

module "many" {
  source   = "./child"
  for_each = { a = "x", b = "y" }
  name     = "${each.key}-${each.value}"
}

module "counted" {
  source     = "./child"
  count      = 2
  name       = "n${count.index}"
  depends_on = [terraform_data.after]
}

resource "terraform_data" "after" {
  input = "before"
}

resource "terraform_data" "reads" {
  input = [module.one.name, module.many["b"].name, module.counted[1].name]
}
