module "m" {
  source = "./b"
  name   = "over"
}

module "n" {
  count = 2
  name  = "n${count.index}"
}

module "t" {
  for_each = { y = 2, z = 3 }
}
