xray_tracing_enabled = true
