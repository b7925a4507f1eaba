resource "aws_s3_access_point" "data" {
  bucket = "acme-data"
  name   = "data"

  public_access_block_configuration {
    block_public_policy = var.wanted
  }
}
