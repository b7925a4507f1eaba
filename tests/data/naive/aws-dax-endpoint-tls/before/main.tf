data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["dax.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "dax" {
  name               = "dax-open"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_dax_cluster" "main" {
  cluster_name       = "open"
  iam_role_arn       = aws_iam_role.dax.arn
  node_type          = "dax.t3.small"
  replication_factor = 1
}
