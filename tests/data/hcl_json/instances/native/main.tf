variable "n" {
  default = 2
}

resource "terraform_data" "count" {
  count = var.n
  input = "c-${count.index}"
}

resource "terraform_data" "literal" {
  count = 1
  input = count.index
}

resource "terraform_data" "none" {
  count = 0
}

resource "terraform_data" "set" {
  for_each = toset(["b", "a"])
  input    = each.key
}

resource "terraform_data" "map" {
  for_each = {
    x       = { size = 1 }
    "y \"z" = { size = 2 }
  }
  input = "${each.key}=${each.value.size}"
}

resource "terraform_data" "reads" {
  input = [terraform_data.count[1].input, terraform_data.set["a"].input, length(terraform_data.map)]
}
