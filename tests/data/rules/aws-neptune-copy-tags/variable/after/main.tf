resource "aws_neptune_cluster" "graph" {
  cluster_identifier    = "graph"
  engine                = "neptune"
  skip_final_snapshot   = false
  copy_tags_to_snapshot = var.copy
}

variable "copy" {
  type    = bool
  default = true
}
