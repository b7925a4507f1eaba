variable "metadata" {
  type    = list(string)
  default = []
}

resource "aws_launch_template" "web" {
  dynamic "metadata_options" {
    for_each = var.metadata
    content {
      http_tokens = metadata_options.value
    }
  }
}
