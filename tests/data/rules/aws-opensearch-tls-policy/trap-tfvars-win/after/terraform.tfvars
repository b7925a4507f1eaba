policy = "Policy-Min-TLS-1-2-2019-07"
