resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

data "aws_iam_policy_document" "data" {
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
  }
}

output "json" {
  value = data.aws_iam_policy_document.data.json
}
