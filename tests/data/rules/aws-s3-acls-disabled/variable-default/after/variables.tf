variable "wanted" {
  type    = string
  default = "BucketOwnerEnforced"
}
