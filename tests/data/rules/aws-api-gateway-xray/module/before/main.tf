module "part" {
  source = "./part"

  xray_tracing_enabled = false
}
