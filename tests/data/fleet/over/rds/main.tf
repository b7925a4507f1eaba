# A root of ours over modules that others wrote, whose own examples need providers beside AWS.
provider "aws" {
  region = "eu-west-1"
}

locals {
  prefix  = "harbour-prod"
  engines = { orders = "postgres16", ledger = "postgres15" }
}

resource "aws_vpc" "this" {
  cidr_block = "10.60.0.0/16"
}

resource "aws_subnet" "database" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, each.value)
}

module "subnets" {
  source = "../../modules/db_subnet_group"

  name            = "${local.prefix}-private"
  use_name_prefix = false
  subnet_ids      = values(aws_subnet.database)[*].id
}

module "parameters" {
  source   = "../../modules/db_parameter_group"
  for_each = local.engines

  name   = "${local.prefix}-${each.key}"
  family = each.value

  parameters = [{ name = "rds.force_ssl", value = "1" }]
}

module "parameters_of_replica" {
  source = "../../modules/db_parameter_group"

  name            = "${local.prefix}-replica"
  use_name_prefix = false
  family          = "mysql8.0"
}

module "options" {
  source = "../../modules/db_option_group"
  count  = 2

  name                 = "${local.prefix}-options-${count.index}"
  engine_name          = "mysql"
  major_engine_version = "8.0"
}

module "none" {
  source = "../../modules/db_option_group"

  create = false
}
