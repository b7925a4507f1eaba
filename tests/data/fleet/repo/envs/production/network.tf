module "network" {
  source = "../../modules/network"

  name         = local.prefix
  region       = var.region
  cidr         = "10.40.0.0/16"
  zones        = var.zones
  nat_gateways = length(var.zones)
  tags         = local.tags

  acl_ingress = [
    { rule_no = 100, cidr = "10.40.0.0/16", port = 443 },
    { rule_no = 110, cidr = "10.40.0.0/16", port = 5432 },
  ]
}

module "spare_network" {
  source = "../../modules/network"

  name     = "${local.prefix}-spare"
  region   = var.region
  cidr     = "10.41.0.0/16"
  zones    = [var.zones[0]]
  flow_log = false
}

resource "aws_vpc_peering_connection" "spare" {
  vpc_id      = module.network.vpc_id
  peer_vpc_id = module.spare_network.vpc_id
  auto_accept = true

  tags = { Name = "${local.prefix}-spare" }
}

resource "aws_security_group" "endpoints" {
  name_prefix = "${local.prefix}-endpoints-"
  description = "Interface endpoints"
  vpc_id      = module.network.vpc_id

  dynamic "ingress" {
    for_each = [443, 8443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.40.0.0/16"]
    }
  }
}

resource "aws_route53_zone" "internal" {
  name = "${var.environment}.lumen.internal"

  vpc {
    vpc_id = module.network.vpc_id
  }
}

resource "aws_route53_record" "database" {
  zone_id = aws_route53_zone.internal.zone_id
  name    = "orders-db"
  type    = "CNAME"
  ttl     = 60
  records = ["orders.example.com"]
}
