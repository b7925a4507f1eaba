variable "enforce_workgroup_configuration" {
  type    = bool
  default = true
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    enforce_workgroup_configuration = var.enforce_workgroup_configuration
  }
}
