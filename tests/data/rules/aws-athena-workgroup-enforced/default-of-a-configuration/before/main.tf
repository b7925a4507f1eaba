resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    bytes_scanned_cutoff_per_query = 10485760
  }
}
