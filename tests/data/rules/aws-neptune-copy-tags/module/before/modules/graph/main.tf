variable "name" {
  type = string
}

variable "copy" {
  type = bool
}

resource "aws_neptune_cluster" "this" {
  cluster_identifier    = var.name
  engine                = "neptune"
  skip_final_snapshot   = false
  copy_tags_to_snapshot = var.copy
}
