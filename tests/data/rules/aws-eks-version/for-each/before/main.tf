resource "aws_eks_cluster" "main" {
  for_each = {
    first  = { version = "1.34" }
    second = { version = "1.33" }
  }

  name     = each.key
  role_arn = "arn:aws:iam::111122223333:role/eks"
  version  = each.value.version

  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}
