variable "encryption_option" {
  type    = string
  default = null
}

resource "aws_athena_database" "logs" {
  name   = "logs"
  bucket = "query-results"

  encryption_configuration {
    encryption_option = var.encryption_option
  }
}
