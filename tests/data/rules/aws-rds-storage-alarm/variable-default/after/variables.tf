variable "told" {
  default = true
}
