locals {
  all = {
    first  = { iam = true }
    second = { iam = true }
  }
}

resource "aws_neptune_cluster" "graph" {
  for_each = local.all

  cluster_identifier                  = each.key
  engine                              = "neptune"
  skip_final_snapshot                 = false
  iam_database_authentication_enabled = each.value.iam
}
