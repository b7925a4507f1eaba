variable "wanted" {
  type    = string
  default = "aws:kms"
}
