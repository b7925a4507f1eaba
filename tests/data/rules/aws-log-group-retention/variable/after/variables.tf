variable "log_retention" {
  type    = number
  default = 365
}
