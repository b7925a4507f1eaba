variable "name" {
  type = string
}

variable "iam" {
  type = bool
}

resource "aws_neptune_cluster" "this" {
  cluster_identifier                  = var.name
  engine                              = "neptune"
  skip_final_snapshot                 = false
  iam_database_authentication_enabled = var.iam
}
