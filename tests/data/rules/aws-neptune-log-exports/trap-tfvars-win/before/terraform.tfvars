logs = []
