resource "aws_vpc" "main" {
  for_each = toset(["10.0.0.0/16", "10.1.0.0/16"])

  cidr_block = each.key
}

resource "aws_default_security_group" "main" {
  for_each = aws_vpc.main

  vpc_id = each.value.id
}
