locals {
  all = {
    first  = { encrypt = true }
    second = { encrypt = false }
  }
}

resource "aws_neptune_cluster" "graph" {
  for_each = local.all

  cluster_identifier  = each.key
  engine              = "neptune"
  skip_final_snapshot = false
  storage_encrypted   = each.value.encrypt
}
