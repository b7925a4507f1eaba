variable "tag" {
  default = "ops@acme.example"
}
