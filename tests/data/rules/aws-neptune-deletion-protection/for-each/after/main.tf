locals {
  all = {
    first  = { protect = true }
    second = { protect = true }
  }
}

resource "aws_neptune_cluster" "graph" {
  for_each = local.all

  cluster_identifier  = each.key
  engine              = "neptune"
  skip_final_snapshot = false
  deletion_protection = each.value.protect
}
