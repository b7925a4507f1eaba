platform_version = "LATEST"
