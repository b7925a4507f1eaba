wanted = "AES256"
