locals {
  project = "fernhill"
  prefix  = "${local.project}-${var.environment}"

  common_tags = {
    Project     = local.project
    Environment = var.environment
    ManagedBy   = "terraform"
  }

  # Buckets of the order data, by what is in them.
  data_buckets = {
    invoices = {
      versioning  = true
      expire_days = null
    }
    exports = {
      versioning  = false
      expire_days = 90
    }
    returns = {
      versioning  = true
      expire_days = 365
    }
  }

  services = {
    api = {
      cpu    = 512
      memory = 1024
      count  = 3
    }
    worker = {
      cpu    = 256
      memory = 512
      count  = 2
    }
  }

  queues = toset(["orders", "shipments"])
}
