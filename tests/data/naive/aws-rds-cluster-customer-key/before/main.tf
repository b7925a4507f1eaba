resource "aws_kms_key" "main" {
  description = "Data at rest"
}

resource "aws_rds_cluster" "main" {
  cluster_identifier  = "keyed"
  engine              = "aurora-postgresql"
  master_username     = "main"
  master_password     = "not-a-secret"
  skip_final_snapshot = true
  storage_encrypted   = true

  # The fake answers with one that nobody set.
  lifecycle {
    ignore_changes = [scaling_configuration]
  }
}
