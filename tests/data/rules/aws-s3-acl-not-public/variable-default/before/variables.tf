variable "acl" {
  default = "public-read"
}
