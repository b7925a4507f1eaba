variable "name" {
  type = string
}

variable "logs" {
  type = list(string)
}

resource "aws_neptune_cluster" "this" {
  cluster_identifier             = var.name
  engine                         = "neptune"
  skip_final_snapshot            = false
  enable_cloudwatch_logs_exports = var.logs
}
