authority = "rds-ca-rsa2048-g1"
