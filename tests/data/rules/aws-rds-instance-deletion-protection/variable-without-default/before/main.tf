resource "aws_db_instance" "orders" {
  deletion_protection = var.protect
}

variable "protect" {
  type = bool
}
