variable "arn" {
  type = string
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${var.arn}/*"]
  }
}

output "json" {
  value = data.aws_iam_policy_document.this.json
}
