locals {
  all = {
    first  = { days = 10 }
    second = { days = 7 }
  }
}

resource "aws_neptune_cluster" "graph" {
  for_each = local.all

  cluster_identifier      = each.key
  engine                  = "neptune"
  skip_final_snapshot     = false
  backup_retention_period = each.value.days
}
