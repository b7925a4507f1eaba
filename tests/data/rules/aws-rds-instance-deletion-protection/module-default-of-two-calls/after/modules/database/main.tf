variable "name" {
  type = string
}

variable "protect" {
  type    = bool
  default = false
}

resource "aws_db_instance" "this" {
  identifier          = var.name
  instance_class      = "db.t4g.medium"
  deletion_protection = var.protect
}
