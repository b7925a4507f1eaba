resource "aws_kms_key" "main" {
  description = "Data at rest"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "notebook" {
  name               = "keyed"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_sagemaker_notebook_instance" "main" {
  name          = "keyed"
  role_arn      = aws_iam_role.notebook.arn
  instance_type = "ml.t3.medium"
  kms_key_id    = aws_kms_key.main.arn
}
