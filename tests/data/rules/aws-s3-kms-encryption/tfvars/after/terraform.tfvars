wanted = "aws:kms"
