resource "aws_ec2_transit_gateway" "main" {
  for_each = toset(["blue", "green"])

  description                    = "between the offices"
  auto_accept_shared_attachments = "disable"
}
