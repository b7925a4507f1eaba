variable "create" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "data" {
  count = var.create ? 1 : 0

  bucket = "acme-data"
}

data "aws_iam_policy_document" "data" {
  count = var.create && true ? 1 : 0

  statement {
    sid       = "AllowRead"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.data[0].arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }

  statement {
    sid     = "DenyInsecureTransport"
    effect  = "Deny"
    actions = ["s3:*"]
    resources = [
      aws_s3_bucket.data[0].arn,
      "${aws_s3_bucket.data[0].arn}/*",
    ]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "data" {
  count = var.create ? 1 : 0

  bucket = aws_s3_bucket.data[0].id
  policy = data.aws_iam_policy_document.data[0].json
}
