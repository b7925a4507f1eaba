resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

variable "readers" {
  type    = list(string)
  default = []
}

data "aws_iam_policy_document" "data" {
  dynamic "statement" {
    for_each = var.readers

    content {
      actions   = ["s3:GetObject"]
      resources = ["${aws_s3_bucket.data.arn}/*"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = data.aws_iam_policy_document.data.json
}
