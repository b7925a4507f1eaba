insights = true
