resource "aws_db_instance" "main" {
  engine = var.engine
}

variable "engine" {
  type = string
}
