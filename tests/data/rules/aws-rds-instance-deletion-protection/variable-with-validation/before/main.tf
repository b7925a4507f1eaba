variable "protect" {
  default = false

  validation {
    condition     = contains([true, false], var.protect)
    error_message = "True or false."
  }
}

resource "aws_db_instance" "orders" {
  instance_class      = "db.t4g.medium"
  deletion_protection = var.protect
}
