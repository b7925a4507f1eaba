data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ssm_document" "restart" {
  name          = "restart"
  document_type = "Command"
  content       = file("${path.module}/restart.json")

  permissions = {
    type        = "Share"
    account_ids = data.aws_ssm_parameter.setting.value
  }
}
