resource "aws_codebuild_report_group" "tests" {
  name = "tests"
  type = "TEST"

  export_config {
    type = "S3"

    s3_destination {
      bucket              = "reports"
      encryption_key      = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
      packaging           = "NONE"
      path                = "/tests"
      encryption_disabled = true
    }
  }
}

# encryption_disabled = true: a person decides about this one
resource "aws_codebuild_report_group" "tests_old" {
  name = "tests-old"
  type = "TEST"

  export_config {
    type = "S3"

    s3_destination {
      bucket              = "reports"
      encryption_key      = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
      packaging           = "NONE"
      path                = "/tests"
      encryption_disabled = true
    }
  }
}
