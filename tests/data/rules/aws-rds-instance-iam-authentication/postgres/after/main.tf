resource "aws_db_instance" "main" {
  engine                              = "postgres"
  engine_version                      = "16"
  iam_database_authentication_enabled = true
}
