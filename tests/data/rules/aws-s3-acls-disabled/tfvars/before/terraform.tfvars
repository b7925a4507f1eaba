wanted = "ObjectWriter"
