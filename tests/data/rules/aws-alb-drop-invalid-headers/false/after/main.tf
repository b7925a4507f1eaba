resource "aws_lb" "web" {
  name                       = "web"
  drop_invalid_header_fields = true
}
