cross_zone_load_balancing = true
