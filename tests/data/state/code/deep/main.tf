resource "terraform_data" "leaf" { input = "x" }
