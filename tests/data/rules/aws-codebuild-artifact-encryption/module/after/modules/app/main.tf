variable "encryption_disabled" {
  type = bool
}

resource "aws_codebuild_project" "app" {
  name         = "app"
  service_role = "arn:aws:iam::111122223333:role/codebuild"

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }

  source {
    type     = "S3"
    location = "sources/app.zip"
  }

  artifacts {
    type                = "S3"
    location            = "artifacts"
    encryption_disabled = var.encryption_disabled
  }
}
