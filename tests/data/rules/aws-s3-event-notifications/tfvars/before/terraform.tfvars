wanted = false
