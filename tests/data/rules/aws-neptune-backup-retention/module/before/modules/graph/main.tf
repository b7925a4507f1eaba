variable "name" {
  type = string
}

variable "days" {
  type = number
}

resource "aws_neptune_cluster" "this" {
  cluster_identifier      = var.name
  engine                  = "neptune"
  skip_final_snapshot     = false
  backup_retention_period = var.days
}
