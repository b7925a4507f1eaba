variable "logs" {
  type    = list(string)
  default = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
}

resource "aws_eks_cluster" "main" {
  enabled_cluster_log_types = var.logs
}
