variable "type" {
  type    = string
  default = "ACCOUNT_UNUSED_ACCESS"
}

resource "aws_accessanalyzer_analyzer" "main" {
  analyzer_name = "main"
  type          = var.type
}
