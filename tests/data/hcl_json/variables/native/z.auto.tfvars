late = "last"
