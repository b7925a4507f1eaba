resource "aws_db_instance" "orders" {
  deletion_protection = var.protect
}

resource "aws_lb" "web" {
  enable_deletion_protection = var.protect
}

variable "protect" {
  default = false
}
