variable "rules" {
  default = [{ name = "a" }]
}

resource "aws_x" "d" {
  provider = aws.west
  name     = "d"

  dynamic "rule" {
    for_each = var.rules
    iterator = it

    content {
      name = it.value.name

      dynamic "inner" {
        for_each = ["z"]

        content {
          v = inner.value
        }
      }
    }
  }
}

module "far" {
  source    = "terraform-aws-modules/s3-bucket/aws"
  version   = "~> 4.0"
  bucket    = "far"
  providers = { aws = aws.west }
}
