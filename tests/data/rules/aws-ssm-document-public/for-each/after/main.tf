resource "aws_ssm_document" "restart" {
  for_each = toset(["restart", "stop"])

  name          = each.key
  document_type = "Command"
  content       = file("${path.module}/restart.json")
}
