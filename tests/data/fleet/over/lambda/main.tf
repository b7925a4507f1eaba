# A root of ours over a module that others wrote, whose own examples need providers beside AWS.
provider "aws" {
  region = "eu-west-1"
}

locals {
  functions = toset(["charge", "refund"])
}

resource "aws_iam_role" "this" {
  name_prefix = "harbour-functions-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_ecr_repository" "this" {
  name = "harbour/functions"
}

resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "harbour-${each.key}"
  role          = aws_iam_role.this.arn
  package_type  = "Image"
  image_uri     = "${aws_ecr_repository.this.repository_url}:${each.key}"
}

module "live" {
  source   = "../../modules/alias"
  for_each = local.functions

  name          = "live"
  function_name = aws_lambda_function.this[each.key].function_name
}

# The same name of another function: only both together tell it.
module "next" {
  source = "../../modules/alias"

  name          = "next"
  refresh_alias = false
  function_name = aws_lambda_function.this["charge"].function_name
}
