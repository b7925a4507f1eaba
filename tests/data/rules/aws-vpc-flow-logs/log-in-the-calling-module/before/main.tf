module "part" {
  source = "./part"
}

resource "aws_flow_log" "main" {
  vpc_id               = module.part.vpc_id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::acme-flow-logs"
}
