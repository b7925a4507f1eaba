max_password_age = 90
