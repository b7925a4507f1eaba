privileged_mode = false
