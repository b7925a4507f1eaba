max_password_age = 365
