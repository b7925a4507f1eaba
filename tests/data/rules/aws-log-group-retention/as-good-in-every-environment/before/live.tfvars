keep_days = 731
