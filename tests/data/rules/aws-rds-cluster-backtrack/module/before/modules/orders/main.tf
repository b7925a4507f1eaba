variable "name" {
  type = string
}

variable "window" {
  type = number
}

resource "aws_rds_cluster" "this" {
  cluster_identifier          = var.name
  engine                      = "aurora-mysql"
  master_username             = "app"
  manage_master_user_password = true
  backtrack_window            = var.window
}
