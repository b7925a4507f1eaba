wanted = null
