resource "aws_elb" "web" {
  name    = "web"
  subnets = ["subnet-0123456789abcdef0"]

  listener {
    instance_port      = 8080
    instance_protocol  = "http"
    lb_port            = 8443
    lb_protocol        = "https"
    ssl_certificate_id = "arn:aws:acm:eu-west-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
