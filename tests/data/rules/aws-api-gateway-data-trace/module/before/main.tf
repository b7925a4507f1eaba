module "part" {
  source = "./part"

  data_trace_enabled = true
}
