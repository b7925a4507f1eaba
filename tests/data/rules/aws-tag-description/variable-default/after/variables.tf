variable "tag" {
  default = "The web shop"
}
