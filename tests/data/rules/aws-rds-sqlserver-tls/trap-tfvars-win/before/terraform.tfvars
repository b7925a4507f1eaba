setting = "0"
