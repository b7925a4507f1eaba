resource "aws_neptune_cluster" "graph" {
  cluster_identifier                  = "graph"
  engine                              = "neptune"
  skip_final_snapshot                 = false
  iam_database_authentication_enabled = var.production ? true : false
}

variable "production" {
  type    = bool
  default = true
}
