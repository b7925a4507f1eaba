variable "v" {
  default = { k = "v" }
}
