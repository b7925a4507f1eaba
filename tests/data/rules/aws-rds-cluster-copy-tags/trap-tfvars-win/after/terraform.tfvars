copy = true
