locals {
  all = {
    first  = { logs = ["audit"] }
    second = { logs = [] }
  }
}

resource "aws_neptune_cluster" "graph" {
  for_each = local.all

  cluster_identifier             = each.key
  engine                         = "neptune"
  skip_final_snapshot            = false
  enable_cloudwatch_logs_exports = each.value.logs
}
