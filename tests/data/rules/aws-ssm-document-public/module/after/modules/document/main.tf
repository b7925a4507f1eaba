resource "aws_ssm_document" "restart" {
  name          = "restart"
  document_type = "Command"
  content       = file("${path.module}/restart.json")
}
