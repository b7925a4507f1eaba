# Applied to moto once; the state stands beside this directory.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "suffix" {
  type = string # given on the command line: no code tells the names
}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])
  bucket   = "${each.key}-${var.suffix}"
}
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data["raw"].id
  versioning_configuration {
    status = "Enabled"
  }
}
module "queue" {
  source   = "./queue"
  for_each = { eu = 2, us = 1 }
  n        = each.value
  name     = "${each.key}-${var.suffix}"
}
resource "aws_sns_topic" "alerts" {
  name = var.suffix
}
resource "aws_dynamodb_table" "orders" {
  name         = "orders-${var.suffix}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_secretsmanager_secret" "db" {
  name = "db/${var.suffix}"
}
resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = "canary-secret-string"
}
resource "aws_cloudwatch_log_group" "app" {
  name = "/app/${var.suffix}"
}
resource "aws_kms_key" "main" {}
resource "aws_kms_alias" "main" {
  name          = "alias/${var.suffix}"
  target_key_id = aws_kms_key.main.key_id
}
resource "aws_iam_role" "task" {
  name               = "task-${var.suffix}"
  path               = "/svc/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "vpc-${var.suffix}" }
}
resource "aws_security_group" "web" {
  name   = "web-${var.suffix}"
  vpc_id = aws_vpc.main.id
}
