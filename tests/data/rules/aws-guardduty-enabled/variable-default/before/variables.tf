variable "wanted" {
  type    = bool
  default = false
}
