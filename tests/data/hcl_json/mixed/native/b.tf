locals {
  l = "${var.v.k}-l"
}

resource "terraform_data" "from_b" {
  input = terraform_data.from_c.input
}
