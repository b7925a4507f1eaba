resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  dynamic "configuration" {
    for_each = [1]
    content {
      enforce_workgroup_configuration = false
    }
  }
}
