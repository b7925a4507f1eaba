resource "aws_db_instance" "main" {
  copy_tags_to_snapshot = true
}
