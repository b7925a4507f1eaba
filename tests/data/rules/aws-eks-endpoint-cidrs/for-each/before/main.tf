resource "aws_eks_cluster" "main" {
  for_each = {
    first  = { public_access_cidrs = ["198.51.100.0/24"] }
    second = { public_access_cidrs = ["0.0.0.0/0"] }
  }

  name     = each.key
  role_arn = "arn:aws:iam::111122223333:role/eks"

  vpc_config {
    subnet_ids          = ["subnet-1", "subnet-2"]
    public_access_cidrs = each.value.public_access_cidrs
  }
}
