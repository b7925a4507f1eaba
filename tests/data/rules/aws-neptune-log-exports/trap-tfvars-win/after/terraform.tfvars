logs = ["audit"]
