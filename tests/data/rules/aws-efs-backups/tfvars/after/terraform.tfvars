wanted = "ENABLED"
