resource "aws_lambda_function" "api" {
  tracing_config {
    mode = "PassThrough"
  }
}
