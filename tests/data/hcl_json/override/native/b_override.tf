variable "v" {
  default = "native b"
}

locals {
  a = "from b"
}

resource "terraform_data" "r" {
  triggers_replace = "from b"
}
