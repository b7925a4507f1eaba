variable "subject" {
  type = string
}
