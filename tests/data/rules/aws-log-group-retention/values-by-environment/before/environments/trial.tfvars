keep_days = 7
