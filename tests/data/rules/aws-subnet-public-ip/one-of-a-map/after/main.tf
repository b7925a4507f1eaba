locals {
  subnets = {
    app = { cidr = "10.0.1.0/24", public = false }
    lb  = { cidr = "10.0.2.0/24", public = true }
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "app" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.main.id
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = each.value.public
}
