variable "logs" {
  type    = string
  default = ""
}
