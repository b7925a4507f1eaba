variable "is_open" {
  type    = bool
  default = false
}

resource "aws_ec2_transit_gateway" "main" {
  auto_accept_shared_attachments  = var.is_open ? "enable" : "disable"
  default_route_table_association = "enable"
}
