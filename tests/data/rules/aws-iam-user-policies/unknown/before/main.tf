data "aws_ssm_parameter" "user" {
  name = "/platform/user"
}

resource "aws_iam_user_policy" "ci" {
  name = "deploy"
  user = try(data.aws_ssm_parameter.user.value, null)
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:ListAllMyBuckets"
      Resource = "*"
    }]
  })
}
