resource "terraform_data" "r" {
  input = "r"
}

output "text" {
  value       = "v-${terraform_data.r.input}"
  description = "Not a $${template}."
}

output "hidden" {
  value      = "s"
  sensitive  = true
  depends_on = [terraform_data.r]
}

output "checked" {
  value = { a = [1, null] }

  precondition {
    condition     = terraform_data.r.input == "r"
    error_message = "no"
  }
}
