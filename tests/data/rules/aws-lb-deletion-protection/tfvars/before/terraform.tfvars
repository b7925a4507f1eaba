enable_deletion_protection = false
