resource "aws_sagemaker_notebook_instance" "research" {
  for_each = {
    first  = { root_access = "Disabled" }
    second = { root_access = "Disabled" }
  }

  name          = each.key
  instance_type = "ml.t3.medium"
  role_arn      = "arn:aws:iam::111122223333:role/sagemaker"
  root_access   = each.value.root_access
}
