resource "aws_cloudtrail" "main" {
  count = 2

  name = "main-${count.index}"

  enable_log_file_validation = true
}
