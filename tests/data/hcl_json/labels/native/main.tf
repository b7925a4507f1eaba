resource "terraform_data" "plain" {
  input = "one"
}

resource "terraform_data" "listed" {
  input = "two"
}

resource "terraform_data" "late" {
  input = "three"
}

resource "terraform_data" "flat" {
  input            = "four"
  triggers_replace = "five"
}

resource "terraform_data" "empty" {
}
