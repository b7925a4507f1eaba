wanted = "DISABLED"
