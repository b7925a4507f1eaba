require_symbols = false
