security_policy = "TLS_1_0"
