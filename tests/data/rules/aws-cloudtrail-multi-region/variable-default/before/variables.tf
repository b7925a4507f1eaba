variable "wanted" {
  default = false
}
