variable "all" {
  default = false
}
