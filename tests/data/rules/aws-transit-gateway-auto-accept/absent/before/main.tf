resource "aws_ec2_transit_gateway" "main" {
  description = "between the offices"
}
