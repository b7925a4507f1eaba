cross_zone_load_balancing = false
