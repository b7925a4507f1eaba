variable "closed" {
  default = false
}
