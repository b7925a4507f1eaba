resource "terraform_data" "r" {
  input = "over"
}

resource "terraform_data" "spread" {
  for_each = toset(["c"])
}

resource "terraform_data" "counted" {
  count = 1
  input = "n${count.index}"
}

resource "terraform_data" "plain" {
  count = 2
}
