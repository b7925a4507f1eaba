variable "logs" {
  type = string
}
