locals {
  all = {
    first  = { authority = "rds-ca-rsa4096-g1" }
    second = { authority = "rds-ca-rsa2048-g1" }
  }
}

resource "aws_db_instance" "orders" {
  for_each = local.all

  identifier                  = each.key
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
  ca_cert_identifier          = each.value.authority
}
