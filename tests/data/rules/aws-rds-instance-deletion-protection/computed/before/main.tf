locals {
  stage = "dev"
}

resource "aws_db_instance" "orders" {
  deletion_protection = local.stage == "prod"
}
