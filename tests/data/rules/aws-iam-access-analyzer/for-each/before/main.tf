resource "aws_accessanalyzer_analyzer" "main" {
  for_each = {
    first  = { type = "ACCOUNT" }
    second = { type = "ACCOUNT_UNUSED_ACCESS" }
  }

  analyzer_name = each.key
  type          = each.value.type
}
