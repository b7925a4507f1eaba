policy = "Policy-Min-TLS-1-0-2019-07"
