variable "metric" {
  type = string
}
