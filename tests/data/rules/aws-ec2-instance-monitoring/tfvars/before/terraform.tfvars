monitoring = false
