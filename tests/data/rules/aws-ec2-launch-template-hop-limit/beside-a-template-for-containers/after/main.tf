resource "aws_launch_template" "web" {
  name_prefix = "web-"

  metadata_options {
    http_put_response_hop_limit = 1 # for the old agent
  }
}

resource "aws_launch_template" "containers" {
  name_prefix = "containers-"

  metadata_options {
    http_put_response_hop_limit = 2
  }
}
