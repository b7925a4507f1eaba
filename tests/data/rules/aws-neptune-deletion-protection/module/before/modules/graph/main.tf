variable "name" {
  type = string
}

variable "protect" {
  type = bool
}

resource "aws_neptune_cluster" "this" {
  cluster_identifier  = var.name
  engine              = "neptune"
  skip_final_snapshot = false
  deletion_protection = var.protect
}
