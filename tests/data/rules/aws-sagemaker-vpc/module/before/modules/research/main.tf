variable "subnet_id" {
  type    = string
  default = null
}

resource "aws_sagemaker_notebook_instance" "research" {
  name          = "research"
  instance_type = "ml.t3.medium"
  role_arn      = "arn:aws:iam::111122223333:role/sagemaker"
  subnet_id     = var.subnet_id
}
