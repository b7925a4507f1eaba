variable "wanted" {
  type    = string
  default = "/"
}
