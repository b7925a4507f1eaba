wanted = true
