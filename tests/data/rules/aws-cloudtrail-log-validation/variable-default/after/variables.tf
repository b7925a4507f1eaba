variable "wanted" {
  default = true
}
