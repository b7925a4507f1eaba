require_numbers = false
