variable "told" {
  default = false
}
