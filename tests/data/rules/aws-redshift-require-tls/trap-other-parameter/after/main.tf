resource "aws_redshift_parameter_group" "facts" {
  name   = "facts"
  family = "redshift-1.0"

  parameter {
    name  = "use_fips_ssl"
    value = "true"
  }

  parameter {
    name  = "require_ssl"
    value = "true"
  }
}
