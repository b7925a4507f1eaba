require_symbols = true
