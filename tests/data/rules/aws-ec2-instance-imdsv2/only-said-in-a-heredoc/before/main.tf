resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  user_data = <<-SCRIPT
    #!/bin/sh
    # metadata_options {
    #   http_tokens = "required"
    # }
  SCRIPT
}

resource "aws_instance" "other" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  metadata_options {
    http_tokens = "optional"
  }
}
