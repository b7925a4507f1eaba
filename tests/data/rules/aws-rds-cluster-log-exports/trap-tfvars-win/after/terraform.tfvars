logs = ["postgresql"]
