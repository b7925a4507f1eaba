routing = false
