locals {
  all = {
    first  = { copy = true }
    second = { copy = false }
  }
}

resource "aws_neptune_cluster" "graph" {
  for_each = local.all

  cluster_identifier    = each.key
  engine                = "neptune"
  skip_final_snapshot   = false
  copy_tags_to_snapshot = each.value.copy
}
