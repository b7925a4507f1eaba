variable "name" {
  type = string
}

variable "managed_encryption" {
  description = "Encrypt messages with the keys of SQS."
  type        = bool
  default     = false
}

variable "max_receives" {
  type    = number
  default = 5
}
