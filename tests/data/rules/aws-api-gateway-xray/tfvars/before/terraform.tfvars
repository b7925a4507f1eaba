xray_tracing_enabled = false
