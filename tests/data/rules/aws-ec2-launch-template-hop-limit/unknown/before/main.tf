data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_launch_template" "web" {
  name_prefix = "web-"

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = data.aws_ssm_parameter.choice.value
  }
}
