monitoring = true
