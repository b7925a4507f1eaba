variable "logs" {
  type    = list(string)
  default = []
}

resource "aws_eks_cluster" "main" {
  enabled_cluster_log_types = var.logs
}
