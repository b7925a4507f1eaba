resource "aws_sagemaker_notebook_instance" "research" {
  for_each = {
    first  = { kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666" }
    second = { kms_key_id = null }
  }

  name          = each.key
  instance_type = "ml.t3.medium"
  role_arn      = "arn:aws:iam::111122223333:role/sagemaker"
  kms_key_id    = each.value.kms_key_id
}
