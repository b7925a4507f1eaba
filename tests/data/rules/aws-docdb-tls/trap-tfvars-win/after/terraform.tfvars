setting = "enabled"
