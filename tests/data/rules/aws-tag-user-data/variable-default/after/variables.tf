variable "tag" {
  default = "true"
}
