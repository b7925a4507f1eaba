resource "terraform_data" "r" {
  input            = "base"
  triggers_replace = "base"
}

resource "terraform_data" "spread" {
  for_each = toset(["a", "b"])
  input    = each.key
}

resource "terraform_data" "counted" {
  count = 2
  input = count.index
}

resource "terraform_data" "plain" {
  input = "plain"
}

resource "terraform_data" "reads" {
  input = [terraform_data.r.input, terraform_data.plain[1].input, terraform_data.spread["c"].input]
}
