variable "is_closed" {
  type    = bool
  default = false
}

resource "aws_vpc_endpoint_service" "main" {
  acceptance_required = var.is_closed
}

resource "aws_vpc_endpoint_service" "internal" {
  acceptance_required = var.is_closed
}
