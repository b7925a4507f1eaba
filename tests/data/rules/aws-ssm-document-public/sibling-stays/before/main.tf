resource "aws_ssm_document" "restart" {
  name          = "restart"
  document_type = "Command"
  content       = file("${path.module}/restart.json")

  permissions = {
    type        = "Share"
    account_ids = "All"
  }
}

# shared with "All" until the audit
resource "aws_ssm_document" "stop" {
  name          = "stop"
  document_type = "Command"
  content       = file("${path.module}/restart.json")

  permissions = {
    type        = "Share"
    account_ids = "111122223333"
  }
}
