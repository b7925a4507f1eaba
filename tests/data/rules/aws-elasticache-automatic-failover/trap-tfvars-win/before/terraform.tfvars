failover = false
