failover = true
