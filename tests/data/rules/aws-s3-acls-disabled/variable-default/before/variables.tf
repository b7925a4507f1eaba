variable "wanted" {
  type    = string
  default = "ObjectWriter"
}
