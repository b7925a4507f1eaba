# A root of ours over modules that others wrote, whose own examples need providers beside AWS.
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = ["eu-west-1a", "eu-west-1b"][count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}

resource "aws_iam_role" "cluster" {
  name = "harbour-cluster"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_eks_cluster" "this" {
  name     = "harbour"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = aws_subnet.private[*].id
  }
}

module "karpenter" {
  source = "../../modules/karpenter"

  cluster_name                    = aws_eks_cluster.this.name
  create_pod_identity_association = false
  create_access_entry             = false
}

module "fargate" {
  source   = "../../modules/fargate-profile"
  for_each = toset(["batch", "web"])

  name         = each.key
  cluster_name = aws_eks_cluster.this.name
  subnet_ids   = aws_subnet.private[*].id
  selectors    = [{ namespace = each.key }]
}
