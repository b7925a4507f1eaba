keep_days = 90
