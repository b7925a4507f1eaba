variable "key_arn" {
  type    = string
  default = ""
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/eks"

  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }

  dynamic "encryption_config" {
    for_each = var.key_arn != "" ? [var.key_arn] : []
    content {
      resources = ["secrets"]

      provider {
        key_arn = encryption_config.value
      }
    }
  }
}
