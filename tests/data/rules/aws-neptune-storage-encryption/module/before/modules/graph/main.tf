variable "name" {
  type = string
}

variable "encrypt" {
  type = bool
}

resource "aws_neptune_cluster" "this" {
  cluster_identifier  = var.name
  engine              = "neptune"
  skip_final_snapshot = false
  storage_encrypted   = var.encrypt
}
