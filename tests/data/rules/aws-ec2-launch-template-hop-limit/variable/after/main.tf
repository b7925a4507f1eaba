variable "http_put_response_hop_limit" {
  type    = number
  default = 1
}

resource "aws_launch_template" "web" {
  name_prefix = "web-"

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = var.http_put_response_hop_limit
  }
}
