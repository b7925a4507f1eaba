region  = "eu-central-1"
protect = true
