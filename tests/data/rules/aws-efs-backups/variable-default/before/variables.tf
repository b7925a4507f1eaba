variable "wanted" {
  type    = string
  default = "DISABLED"
}
