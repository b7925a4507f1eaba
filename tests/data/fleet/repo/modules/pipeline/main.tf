variable "name" {
  type = string
}

variable "stages" {
  type = list(string)
}

locals {
  projects = { for stage in var.stages : stage => "${var.name}-${stage}" }
}

resource "aws_iam_role" "build" {
  name = "${var.name}-build"
  path = "/ci/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
    }]
  })
}

resource "aws_codebuild_project" "this" {
  for_each = local.projects

  name         = each.value
  service_role = aws_iam_role.build.arn

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }

  source {
    type     = "GITHUB"
    location = "https://git.example.com/lumen/app.git"
  }
}

resource "aws_ecr_repository" "this" {
  name = "${var.name}/app"
}
