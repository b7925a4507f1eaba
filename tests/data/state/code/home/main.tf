resource "terraform_data" "new_name" {
  input = "renamed"
}
