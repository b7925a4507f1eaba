terraform {
  required_version = ">= 1.5"

  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }

  backend "local" {
    path = "state.json"
  }
}

provider "terraform" {
  alias = "other"
}

moved {
  from = terraform_data.old
  to   = terraform_data.new
}

removed {
  from = terraform_data.gone

  lifecycle {
    destroy = false
  }
}

check "new" {
  assert {
    condition     = terraform_data.new.input == "new"
    error_message = "It is not."
  }
}

resource "terraform_data" "new" {
  provider = terraform.other
  input    = "new"
}
