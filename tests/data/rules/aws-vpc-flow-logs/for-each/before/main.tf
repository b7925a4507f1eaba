resource "aws_vpc" "main" {
  for_each = toset(["10.0.0.0/16", "10.1.0.0/16"])

  cidr_block = each.key
}
