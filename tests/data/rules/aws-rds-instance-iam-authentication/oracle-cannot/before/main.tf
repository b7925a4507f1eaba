resource "aws_db_instance" "main" {
  engine         = "oracle-ee"
  instance_class = "db.t4g.medium"
}
