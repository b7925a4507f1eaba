variable "desync_mitigation_mode" {
  type = string
}

resource "aws_elb" "web" {
  name                   = "web"
  subnets                = ["subnet-0123456789abcdef0"]
  desync_mitigation_mode = var.desync_mitigation_mode

  listener {
    instance_port     = 8080
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}
