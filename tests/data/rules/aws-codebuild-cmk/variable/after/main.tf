variable "encryption_key" {
  type    = string
  default = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
}

resource "aws_codebuild_project" "app" {
  name           = "app"
  service_role   = "arn:aws:iam::111122223333:role/codebuild"
  encryption_key = var.encryption_key

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }

  source {
    type     = "S3"
    location = "sources/app.zip"
  }
}
