variable "wanted" {
  type = string
}
