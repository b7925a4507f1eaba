resource "aws_athena_workgroup" "analysts" {
  for_each = {
    first  = { enforce_workgroup_configuration = true }
    second = { enforce_workgroup_configuration = false }
  }

  name = each.key

  configuration {
    enforce_workgroup_configuration = each.value.enforce_workgroup_configuration
  }
}
