setting = "1"
