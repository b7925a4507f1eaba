resource "aws_s3_bucket" "data" {
  count  = 3
  bucket = "acme-${count.index}"
}

resource "aws_s3_bucket_versioning" "data" {
  count = length(aws_s3_bucket.data)

  bucket = aws_s3_bucket.data[count.index].id

  versioning_configuration {
    status = "Enabled"
  }
}
