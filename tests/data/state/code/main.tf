# The code of the recorded state, after everybody had been renaming things.
resource "terraform_data" "plain" {
  count = 1 # terraform moves plain to plain[0] by itself
  input = "one"
}
resource "terraform_data" "counted" {
  for_each = toset(["first", "second"])
  input    = each.key == "first" ? 0 : 1
}
moved {
  from = terraform_data.counted[0]
  to   = terraform_data.counted["first"]
}
moved {
  from = terraform_data.counted[1]
  to   = terraform_data.counted["second"]
}
resource "terraform_data" "all" {
  for_each = toset(["a", "b c", "q\"uote", "d$${x}", "tab\tkey", "ünï", "back\\slash"])
  input    = each.key
}
moved {
  from = terraform_data.each
  to   = terraform_data.all
}
moved {
  from = terraform_data.old_name
  to   = terraform_data.middle_name
}
moved {
  from = terraform_data.middle_name
  to   = module.home.terraform_data.new_name
}
module "home" {
  source = "./home"
}
module "network" {
  source   = "./mod"
  for_each = { europe = 1, "us.east" = 2 }
  name     = each.key == "europe" ? "eu" : each.key
}
moved {
  from = module.net["eu"]
  to   = module.network["europe"]
}
moved {
  from = module.net["us.east"]
  to   = module.network["us.east"]
}
module "solo" {
  source = "./mod"
  name   = "one"
}
moved {
  from = module.one
  to   = module.solo
}
