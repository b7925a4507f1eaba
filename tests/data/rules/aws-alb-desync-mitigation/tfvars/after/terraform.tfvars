desync_mitigation_mode = "defensive"
