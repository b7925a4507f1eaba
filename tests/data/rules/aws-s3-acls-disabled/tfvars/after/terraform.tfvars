wanted = "BucketOwnerEnforced"
