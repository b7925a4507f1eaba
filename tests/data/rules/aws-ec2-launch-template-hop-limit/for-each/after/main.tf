resource "aws_launch_template" "web" {
  for_each = toset(["blue", "green"])

  name_prefix = "web-"

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}
