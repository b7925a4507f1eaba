minimum_password_length = 8
