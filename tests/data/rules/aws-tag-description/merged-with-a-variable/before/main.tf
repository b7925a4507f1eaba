resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  tags   = merge(var.tags, { Name = "data" })
}

variable "tags" {
  default = {
    VantaDescription = "x"
  }
}
