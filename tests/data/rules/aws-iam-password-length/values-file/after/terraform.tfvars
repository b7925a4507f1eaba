minimum_password_length = 14
