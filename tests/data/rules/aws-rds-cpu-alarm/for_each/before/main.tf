resource "aws_db_instance" "main" {
  for_each = toset(["a", "b"])

  identifier                  = "main-${each.key}"
  engine                      = "mysql"
  instance_class              = "db.t3.micro"
  allocated_storage           = 20
  username                    = "admin"
  manage_master_user_password = true
}
