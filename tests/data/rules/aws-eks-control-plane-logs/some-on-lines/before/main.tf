resource "aws_eks_cluster" "main" {
  enabled_cluster_log_types = [
    "audit", # who did what
    "api",
  ]
}
