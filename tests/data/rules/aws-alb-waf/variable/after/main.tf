variable "web_acl_arn" {
  type    = string
  default = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/main/1234abcd-12ab-34cd-56ef-1234567890ab"
}
resource "aws_lb" "web" {
  name    = "web"
  subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

resource "aws_wafv2_web_acl_association" "web" {
  resource_arn = aws_lb.web.arn

  web_acl_arn = var.web_acl_arn
}
