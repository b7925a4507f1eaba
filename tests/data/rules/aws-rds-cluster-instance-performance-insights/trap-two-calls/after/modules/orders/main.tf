variable "name" {
  type = string
}

variable "insights" {
  type    = bool
  default = false
}

resource "aws_rds_cluster_instance" "this" {
  identifier                   = var.name
  cluster_identifier           = "orders"
  engine                       = "aurora-postgresql"
  instance_class               = "db.r6g.large"
  performance_insights_enabled = var.insights
}
