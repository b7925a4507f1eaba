# The archive is a module of the registry: its resources are not in this repository.
module "archive" {
  source  = "terraform-aws-modules/s3-bucket/aws"
  version = "~> 4.0"

  bucket = "fernhill-audit-archive"

  versioning = {
    enabled = false
  }
}
