security_policy = "TLS_1_2"
