variable "teams" {
  type    = set(string)
  default = ["commerce", "data"]
}

variable "operators" {
  type    = list(string)
  default = ["night-watch", "day-watch"]
}

locals {
  pipelines = {
    for team in var.teams : team => team == "data" ? ["plan", "load"] : ["build", "test", "ship"]
  }
}

module "pipeline" {
  source   = "../../modules/pipeline"
  for_each = local.pipelines

  name   = "lumen-${each.key}"
  stages = each.value
}

module "trail_bucket" {
  source = "../../modules/bucket"

  name = "lumen-platform-trail"
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = module.trail_bucket.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = ["s3:GetBucketAcl", "s3:PutObject"]
      Resource  = [module.trail_bucket.arn, "${module.trail_bucket.arn}/*"]
    }]
  })
}

resource "aws_cloudtrail" "this" {
  name                       = "lumen-platform"
  s3_bucket_name             = module.trail_bucket.id
  is_multi_region_trail      = true
  enable_log_file_validation = true
  enable_logging             = false

  depends_on = [aws_s3_bucket_policy.trail]
}

resource "aws_iam_group" "team" {
  for_each = var.teams

  name = each.value
  path = "/teams/"
}

resource "aws_iam_user" "operator" {
  count = length(var.operators)

  name = var.operators[count.index]
  path = "/operators/"
}

resource "aws_iam_user_group_membership" "operator" {
  count = length(var.operators)

  user   = aws_iam_user.operator[count.index].name
  groups = [aws_iam_group.team["commerce"].name]
}

resource "aws_iam_policy" "read" {
  name_prefix = "lumen-read-"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${module.trail_bucket.arn}/*" }]
  })
}

resource "aws_iam_group_policy_attachment" "read" {
  for_each = aws_iam_group.team

  group      = each.value.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_group_policy" "change_password" {
  for_each = aws_iam_group.team

  name  = "change-password"
  group = each.value.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:ChangePassword", Resource = "*" }]
  })
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://ci.lumen.example/oidc"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_role" "ci" {
  name = "lumen-ci"
  path = "/ci/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.ci.arn }
    }]
  })
}

resource "aws_iam_instance_profile" "worker" {
  name = "lumen-worker"
  role = aws_iam_role.worker.name
}

resource "aws_iam_role" "worker" {
  name = "lumen-worker"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length = 14
}

resource "aws_backup_vault" "this" {
  name = "lumen-platform"
}

resource "aws_backup_plan" "daily" {
  name = "lumen-daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 3 * * ? *)"
  }
}

resource "aws_guardduty_detector" "this" {
  enable = true
}

resource "aws_config_configuration_recorder" "this" {
  name     = "lumen"
  role_arn = aws_iam_role.worker.arn
}

resource "aws_ssm_document" "restart" {
  name            = "lumen-restart"
  document_type   = "Command"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "2.2"
    description   = "Restarts the agent"
    mainSteps     = []
  })
}

resource "aws_batch_compute_environment" "data" {
  compute_environment_name = "lumen-data"
  type                     = "UNMANAGED"
  service_role             = aws_iam_role.worker.arn
}

resource "aws_batch_job_queue" "data" {
  name     = "lumen-data"
  state    = "ENABLED"
  priority = 1

  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.data.arn
  }
}

resource "aws_organizations_organization" "this" {
  feature_set = "ALL"
}

resource "aws_organizations_organizational_unit" "workloads" {
  name      = "workloads"
  parent_id = aws_organizations_organization.this.roots[0].id
}
