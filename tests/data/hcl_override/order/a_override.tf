locals {
  a = "a"
  b = "a"
}

locals {
  b = "a again"
}

resource "terraform_data" "r" {
  triggers_replace = "a"
}

resource "terraform_data" "r" {
  triggers_replace = "a again"
}
