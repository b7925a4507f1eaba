resource "aws_athena_workgroup" "analysts" {
  for_each = toset(["first", "second"])

  name = each.key
}
