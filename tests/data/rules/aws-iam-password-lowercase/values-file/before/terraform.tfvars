require_lowercase_characters = false
