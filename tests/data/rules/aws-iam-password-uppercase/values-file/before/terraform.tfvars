require_uppercase_characters = false
