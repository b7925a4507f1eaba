variable "pitr" {
  default = true
}

resource "aws_dynamodb_table" "carts" {
  point_in_time_recovery {
    enabled = var.pitr
  }
}
