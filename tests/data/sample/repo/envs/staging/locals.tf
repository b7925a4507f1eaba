locals {
  prefix = "fernhill-${var.environment}"

  common_tags = {
    Project     = "fernhill"
    Environment = var.environment
    ManagedBy   = "terraform"
  }
}
