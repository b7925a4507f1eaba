routing = true
