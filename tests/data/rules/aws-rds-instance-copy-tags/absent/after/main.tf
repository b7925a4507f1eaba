resource "aws_db_instance" "main" {
  name                  = "main"
  copy_tags_to_snapshot = true
}
