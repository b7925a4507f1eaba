require_lowercase_characters = true
