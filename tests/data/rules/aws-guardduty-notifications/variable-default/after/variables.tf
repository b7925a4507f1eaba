variable "state" {
  default = "ENABLED"
}
