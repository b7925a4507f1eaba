variable "versioning" {
  default = "Suspended"
}
