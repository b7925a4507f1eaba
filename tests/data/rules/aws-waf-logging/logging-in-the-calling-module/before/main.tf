module "part" {
  source = "./part"
}

resource "aws_wafv2_web_acl_logging_configuration" "main" {
  resource_arn            = module.part.arn
  log_destination_configs = ["arn:aws:s3:::aws-waf-logs-acme"]
}
