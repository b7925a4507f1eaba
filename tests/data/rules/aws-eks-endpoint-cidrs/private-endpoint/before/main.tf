resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/eks"

  vpc_config {
    endpoint_public_access = false
    subnet_ids             = ["subnet-1", "subnet-2"]
  }
}
