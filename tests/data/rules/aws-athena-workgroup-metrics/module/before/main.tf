module "analysts" {
  source                             = "./modules/analysts"
  publish_cloudwatch_metrics_enabled = false
}
