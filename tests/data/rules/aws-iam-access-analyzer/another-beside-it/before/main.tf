resource "aws_accessanalyzer_analyzer" "main" {
  analyzer_name = "main"
  type          = "ORGANIZATION_UNUSED_ACCESS"
}

resource "aws_accessanalyzer_analyzer" "external" {
  analyzer_name = "external"
  type          = "ACCOUNT"
}
