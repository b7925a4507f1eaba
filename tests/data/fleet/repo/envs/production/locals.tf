locals {
  prefix = "lumen-${var.environment}"

  buckets = {
    exports  = { versioning = true }
    receipts = { versioning = true }
    cache    = { versioning = false }
  }

  tags = {
    Environment = var.environment
    Owner       = "commerce"
  }
}
