data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_sagemaker_notebook_instance" "research" {
  name          = "research"
  instance_type = "ml.t3.medium"
  role_arn      = "arn:aws:iam::111122223333:role/sagemaker"
  subnet_id     = try(data.aws_ssm_parameter.setting.value, null)
}
