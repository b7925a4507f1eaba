locals {
  key = "made"
}

resource "terraform_data" "values" {
  input = {
    numbers     = [0, 1, -1, 1.5, -1.25e2, 1e3, 12345678]
    bools       = [true, false]
    nothing     = null
    list        = [[1, [2]], []]
    object      = { "a.b" = { "c d" = {} }, "//" = "no comment here" }
    (local.key) = "by a template"
    "x-${local.key}" = [local.key, { k = local.key }]
  }
}
