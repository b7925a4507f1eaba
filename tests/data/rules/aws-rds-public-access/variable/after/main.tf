variable "public" {
  default = false
}

resource "aws_db_instance" "main" {
  publicly_accessible = var.public
}
