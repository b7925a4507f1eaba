resource "aws_vpc" "main" {
  for_each = toset(["10.0.0.0/16", "10.1.0.0/16"])

  cidr_block = each.key
}

resource "aws_vpc_endpoint" "main" {
  for_each = aws_vpc.main

  vpc_id = each.value.id

  service_name        = "com.amazonaws.eu-west-1.ec2"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-0123456789abcdef0"]
  security_group_ids  = ["sg-0123456789abcdef0"]
  private_dns_enabled = true
}
