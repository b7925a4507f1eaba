resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-postgresql15"

  parameter {
    name  = "rds.force_ssl"
    value = var.production ? "1" : "0"
  }
}

variable "production" {
  type    = bool
  default = false
}
