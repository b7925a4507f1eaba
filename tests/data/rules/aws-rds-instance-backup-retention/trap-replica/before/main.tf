resource "aws_db_instance" "source" {
  identifier                  = "orders"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
  backup_retention_period     = 7
}

resource "aws_db_instance" "orders" {
  identifier              = "replica"
  instance_class          = "db.t4g.medium"
  replicate_source_db     = aws_db_instance.source.identifier
  backup_retention_period = 0
}
