resource "aws_db_instance" "main" {
  engine         = var.engine
  instance_class = "db.t4g.medium"
}

variable "engine" {
  type = string
}
