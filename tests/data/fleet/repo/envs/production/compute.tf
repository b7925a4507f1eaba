resource "aws_ecs_cluster" "this" {
  for_each = toset(["web", "jobs"])

  name = "${local.prefix}-${each.key}"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_security_group" "public" {
  name        = "${local.prefix}-public"
  description = "The public load balancer"
  vpc_id      = module.network.vpc_id
}

resource "aws_lb" "this" {
  for_each = { public = false, internal = true }

  name               = "${local.prefix}-${each.key}"
  internal           = each.value
  load_balancer_type = "application"
  security_groups    = [aws_security_group.public.id]
  subnets            = each.value ? module.network.private_subnet_ids : module.network.public_subnet_ids
}

resource "aws_lb" "ingest" {
  name               = "${local.prefix}-ingest"
  internal           = true
  load_balancer_type = "network"
  subnets            = module.network.private_subnet_ids
}

resource "aws_lb_listener" "http" {
  for_each = aws_lb.this

  load_balancer_arn = each.value.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

module "service" {
  source   = "../../modules/service"
  for_each = var.services

  prefix        = local.prefix
  name          = each.key
  image         = each.value.image
  port          = each.value.port
  priority      = each.value.priority
  allowed_cidrs = each.value.allowed_cidrs
  cluster       = aws_ecs_cluster.this["web"].id
  listener_arn  = aws_lb_listener.http["public"].arn
  vpc_id        = module.network.vpc_id
  subnet_ids    = module.network.private_subnet_ids
}

# The same name as in the other cluster: only both together tell it.
module "job" {
  source   = "../../modules/service"
  for_each = { checkout = 110 }

  prefix       = "${local.prefix}-jobs"
  name         = each.key
  image        = var.services[each.key].image
  priority     = each.value
  cluster      = aws_ecs_cluster.this["jobs"].arn
  listener_arn = aws_lb_listener.http["internal"].arn
  vpc_id       = module.network.vpc_id
  subnet_ids   = module.network.private_subnet_ids
}

resource "aws_launch_template" "worker" {
  name          = "${local.prefix}-worker"
  image_id      = "ami-12c6146b"
  instance_type = "t3.small"

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}

resource "aws_autoscaling_group" "worker" {
  name_prefix         = "${local.prefix}-worker-"
  min_size            = 0
  max_size            = 2
  desired_capacity    = 0
  vpc_zone_identifier = module.network.private_subnet_ids

  launch_template {
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }
}

resource "aws_instance" "bastion" {
  ami                    = "ami-12c6146b"
  instance_type          = "t3.micro"
  subnet_id              = module.network.public_subnet_ids[0]
  vpc_security_group_ids = [aws_security_group.endpoints.id]

  tags = merge(local.tags, { Name = "${local.prefix}-bastion" })
}

resource "aws_ebs_volume" "scratch" {
  count = 2

  availability_zone = var.zones[count.index]
  size              = 20
  encrypted         = true

  tags = { Name = "${local.prefix}-scratch-${count.index}" }
}

resource "aws_key_pair" "operators" {
  key_name_prefix = "${local.prefix}-operators-"
  public_key      = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBtlZHdhcmRzIHRlc3Qga2V5IG9ubHkgbm90IHVzZWQh fleet"
}

module "mailer" {
  source = "../../modules/function"

  name      = "${local.prefix}-mailer"
  image     = "${aws_ecr_repository.images["mailer"].repository_url}:3"
  queue_arn = module.queue["mails"].arn
  poll      = true
}

module "thumbnailer" {
  source = "../../modules/function"

  name  = "${local.prefix}-thumbnailer"
  image = "${aws_ecr_repository.images["thumbnailer"].repository_url}:12"

  environment = {
    BUCKET = module.bucket["cache"].id
  }
}

resource "aws_lambda_permission" "images" {
  statement_id  = "from-bucket"
  action        = "lambda:InvokeFunction"
  function_name = module.thumbnailer.name
  principal     = "s3.amazonaws.com"
  source_arn    = module.bucket["cache"].arn
}

resource "aws_ecr_repository" "images" {
  for_each = toset(["mailer", "thumbnailer"])

  name                 = "lumen/${each.key}"
  image_tag_mutability = "IMMUTABLE"
}

resource "aws_sfn_activity" "refund" {
  name = "${local.prefix}-refund"
}

resource "aws_iam_role" "workflow" {
  name_prefix = "${local.prefix}-workflow-"
  path        = "/workflows/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
    }]
  })
}

moved {
  from = aws_ecs_cluster.main
  to   = aws_ecs_cluster.this["web"]
}
