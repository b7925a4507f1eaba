data "terraform_remote_state" "other" {
  backend = "local"

  config = {
    path = "${path.module}/other.tfstate"
  }
  defaults = {
    vpc = "vpc-1"
  }
}

resource "terraform_data" "after" {
  input = "x"
}
