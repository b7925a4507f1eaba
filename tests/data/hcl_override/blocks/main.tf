provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variable "sizes" {
  default = [8, 9]
}

resource "aws_instance" "replaced" {
  ami           = "ami-1"
  instance_type = "t3.replaced"

  ebs_block_device {
    device_name = "/dev/a"
    volume_size = 1
  }

  ebs_block_device {
    device_name = "/dev/b"
    volume_size = 2
  }

  ephemeral_block_device {
    device_name  = "/dev/e"
    virtual_name = "ephemeral0"
  }
}

resource "aws_instance" "dynamic" {
  ami           = "ami-1"
  instance_type = "t3.dynamic"

  dynamic "ebs_block_device" {
    for_each = var.sizes

    content {
      device_name = "/dev/d${ebs_block_device.key}"
      volume_size = ebs_block_device.value
    }
  }
}

resource "aws_instance" "by_dynamic" {
  ami           = "ami-1"
  instance_type = "t3.by_dynamic"

  ebs_block_device {
    device_name = "/dev/a"
    volume_size = 5
  }
}

resource "aws_instance" "by_json" {
  ami           = "ami-1"
  instance_type = "t3.by_json"

  ebs_block_device {
    device_name = "/dev/a"
    volume_size = 6
  }
}
