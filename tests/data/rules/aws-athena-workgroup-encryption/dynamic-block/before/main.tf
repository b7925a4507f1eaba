resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  dynamic "configuration" {
    for_each = [1]
    content {
      result_configuration {
        encryption_configuration {
          encryption_option = "SSE_S3"
        }
      }
    }
  }
}
