variable "accounts" {
  type    = string
  default = "All"
}

resource "aws_ssm_document" "restart" {
  name          = "restart"
  document_type = "Command"
  content       = file("${path.module}/restart.json")

  permissions = {
    type        = "Share"
    account_ids = var.accounts
  }
}
