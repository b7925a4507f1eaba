variable "wanted" {
  type    = string
  default = "AES256"
}
