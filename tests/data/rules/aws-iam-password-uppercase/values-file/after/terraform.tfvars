require_uppercase_characters = true
