variable "wanted" {
  type    = bool
  default = true
}
