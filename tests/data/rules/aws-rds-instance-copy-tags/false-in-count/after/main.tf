resource "aws_db_instance" "main" {
  count = 2

  name = "main-${count.index}"

  copy_tags_to_snapshot = true
}
