resource "aws_instance" "web" {
  ami = "ami-1"

  metadata_options {
    http_put_response_hop_limit = 2
    http_tokens                 = "required"
  }
}
