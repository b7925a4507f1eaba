require_numbers = true
