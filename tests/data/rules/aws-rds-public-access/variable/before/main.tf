variable "public" {
  default = true
}

resource "aws_db_instance" "main" {
  publicly_accessible = var.public
}
