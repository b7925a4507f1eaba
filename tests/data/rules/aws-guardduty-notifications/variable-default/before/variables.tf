variable "state" {
  default = "DISABLED"
}
