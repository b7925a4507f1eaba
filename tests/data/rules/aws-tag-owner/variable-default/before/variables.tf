variable "tag" {
  default = ""
}
