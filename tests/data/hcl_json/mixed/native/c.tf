resource "terraform_data" "from_c" {
  input = local.l
}
