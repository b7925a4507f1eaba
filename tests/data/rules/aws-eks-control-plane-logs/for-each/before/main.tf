resource "aws_eks_cluster" "main" {
  for_each = toset(["blue", "green"])

  name                      = each.key
  role_arn                  = "arn:aws:iam::111122223333:role/eks"
  enabled_cluster_log_types = ["api"]

  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}
