variable "all" {
  default = true
}
