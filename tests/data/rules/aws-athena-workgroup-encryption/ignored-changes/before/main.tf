resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  lifecycle {
    ignore_changes = [configuration]
  }
}
