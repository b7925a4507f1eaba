password_reuse_prevention = 24
