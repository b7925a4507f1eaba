upgrade = false
