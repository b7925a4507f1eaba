# plumb:ignore test-bucket-versioning until=2099-12-31 scratch data lives for a day
resource "aws_s3_bucket" "scratch" {
  #checkov:skip=CKV_TEST_3:its data is public
  bucket = "scratch"
}

resource "aws_s3_bucket" "logs" {
  bucket = "logs" # plumb:ignore fsbp:TEST.2 this speaks of keys
}

resource "aws_kms_key" "quiet" { #tfsec:ignore:*
}

# plumb:ignore test-key-rotation until=2020-01-31 only for the migration
resource "aws_kms_key" "late" {
}

resource "aws_kms_key" "good" {
  enable_key_rotation = true
}

resource "aws_kms_key" "unknown" {
  enable_key_rotation = aws_kms_key.good.multi_region
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 8
}

module "keys" {
  source = "../mod"
}
