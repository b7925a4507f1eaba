copy = false
