locals {
  all = {
    first  = { insights = true }
    second = { insights = false }
  }
}

resource "aws_db_instance" "orders" {
  for_each = local.all

  identifier                   = each.key
  engine                       = "postgres"
  instance_class               = "db.t4g.medium"
  allocated_storage            = 50
  username                     = "app"
  manage_master_user_password  = true
  performance_insights_enabled = each.value.insights
}
