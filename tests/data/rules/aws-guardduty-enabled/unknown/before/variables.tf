variable "wanted" {
  type = bool
}
