variable "name" {
  type = string
}

variable "protect" {
  type    = bool
  default = true
}

resource "aws_db_instance" "this" {
  identifier          = var.name
  instance_class      = "db.t4g.medium"
  deletion_protection = var.protect
}
