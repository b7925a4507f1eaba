resource "aws_s3_bucket" "data" {
  count = 2

  bucket = "acme-${count.index}"
}

data "aws_iam_policy_document" "data" {
  count = length(aws_s3_bucket.data)

  statement {
    sid     = "DenyInsecureTransport"
    effect  = "Deny"
    actions = ["s3:*"]
    resources = [
      aws_s3_bucket.data[count.index].arn,
      "${aws_s3_bucket.data[count.index].arn}/*",
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
  count = length(aws_s3_bucket.data)

  bucket = aws_s3_bucket.data[count.index].id
  policy = data.aws_iam_policy_document.data[count.index].json
}
