resource "aws_redshift_parameter_group" "facts" {
  name   = "facts"
  family = "redshift-1.0"
}
