resource "aws_eks_cluster" "main" {
  for_each = {
    first  = { endpoint_public_access = false }
    second = { endpoint_public_access = true }
  }

  name     = each.key
  role_arn = "arn:aws:iam::111122223333:role/eks"

  vpc_config {
    subnet_ids              = ["subnet-1", "subnet-2"]
    endpoint_private_access = true
    endpoint_public_access  = each.value.endpoint_public_access
  }
}
