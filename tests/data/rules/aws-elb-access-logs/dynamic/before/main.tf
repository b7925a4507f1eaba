variable "log_buckets" {
  type    = list(string)
  default = []
}

resource "aws_elb" "web" {
  name    = "web"
  subnets = ["subnet-0123456789abcdef0"]

  listener {
    instance_port     = 8080
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }

  dynamic "access_logs" {
    for_each = var.log_buckets
    content {
      bucket = access_logs.value
    }
  }
}
