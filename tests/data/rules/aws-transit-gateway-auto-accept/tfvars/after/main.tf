variable "auto_accept_shared_attachments" {
  type = string
}

resource "aws_ec2_transit_gateway" "main" {
  description                    = "between the offices"
  auto_accept_shared_attachments = var.auto_accept_shared_attachments
}
