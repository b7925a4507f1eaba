variable "versioning" {
  default = "Enabled"
}
