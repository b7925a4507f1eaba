resource "aws_sagemaker_notebook_instance" "research" {
  for_each = {
    first  = { direct_internet_access = "Disabled" }
    second = { direct_internet_access = "Enabled" }
  }

  name                   = each.key
  instance_type          = "ml.t3.medium"
  role_arn               = "arn:aws:iam::111122223333:role/sagemaker"
  subnet_id              = "subnet-1"
  security_groups        = ["sg-1"]
  direct_internet_access = each.value.direct_internet_access
}
