resource "aws_db_instance" "main" {
  identifier          = "main"
  engine              = "postgres"
  instance_class      = "db.m5.large"
  allocated_storage   = 20
  username            = "main"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
