resource "aws_rds_cluster" "main" {
  cluster_identifier  = "main"
  engine              = "aurora-postgresql"
  master_username     = "main"
  master_password     = "not-a-secret"
  skip_final_snapshot = true

  # The fake answers with one that nobody set.
  lifecycle {
    ignore_changes = [scaling_configuration]
  }
}
