variable "topics" {
  type    = list(string)
  default = []
}
