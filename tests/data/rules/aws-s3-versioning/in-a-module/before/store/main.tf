resource "aws_s3_bucket" "this" {
  bucket = "acme-store"
}

output "id" {
  value = aws_s3_bucket.this.id
}
