resource "aws_neptune_cluster" "graph" {
  cluster_identifier      = "graph"
  engine                  = "neptune"
  skip_final_snapshot     = false
  backup_retention_period = var.days
}

variable "days" {
  type    = number
  default = 7
}
