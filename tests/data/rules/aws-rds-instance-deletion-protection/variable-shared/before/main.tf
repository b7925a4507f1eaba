resource "aws_db_instance" "orders" {
  instance_class      = "db.t4g.medium"
  deletion_protection = var.protect
}

resource "aws_lb" "web" {
  subnets                    = ["subnet-1", "subnet-2"]
  enable_deletion_protection = var.protect
}

variable "protect" {
  default = false
}
