password_reuse_prevention = 5
