variable "wanted" {
  type    = string
  default = null
}
