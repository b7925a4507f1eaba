variable "encryption_option" {
  type = string
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    result_configuration {
      encryption_configuration {
        encryption_option = var.encryption_option
      }
    }
  }
}
