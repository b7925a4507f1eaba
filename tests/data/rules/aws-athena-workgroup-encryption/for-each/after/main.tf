resource "aws_athena_workgroup" "analysts" {
  for_each = toset(["first", "second"])

  name = each.key

  configuration {
    result_configuration {
      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}
