environment        = "prod"
availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
log_retention_days = 30
rotate_backup_key  = false
