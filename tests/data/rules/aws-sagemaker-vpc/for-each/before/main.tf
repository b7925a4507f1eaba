resource "aws_sagemaker_notebook_instance" "research" {
  for_each = {
    first  = { subnet_id = "subnet-1" }
    second = { subnet_id = null }
  }

  name          = each.key
  instance_type = "ml.t3.medium"
  role_arn      = "arn:aws:iam::111122223333:role/sagemaker"
  subnet_id     = each.value.subnet_id
}
