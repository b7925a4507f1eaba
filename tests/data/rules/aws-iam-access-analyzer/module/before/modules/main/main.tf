variable "type" {
  type    = string
  default = null
}

resource "aws_accessanalyzer_analyzer" "main" {
  analyzer_name = "main"
  type          = var.type
}
