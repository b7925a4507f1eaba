authority = "rds-ca-2019"
