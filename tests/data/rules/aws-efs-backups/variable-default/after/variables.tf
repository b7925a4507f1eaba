variable "wanted" {
  type    = string
  default = "ENABLED"
}
