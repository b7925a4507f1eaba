resource "aws_neptune_cluster" "graph" {
  cluster_identifier  = "graph"
  engine              = "neptune"
  skip_final_snapshot = false
  deletion_protection = var.protect
}

variable "protect" {
  type    = bool
  default = false
}
