variable "name" {
  description = "Full name of the bucket."
  type        = string
}

variable "versioning" {
  description = "Keep earlier versions of objects."
  type        = bool
  default     = true
}

variable "expire_days" {
  description = "Delete objects after so many days; null keeps them."
  type        = number
  default     = null
}

variable "kms_key_arn" {
  description = "Key for the default encryption; null takes the one of S3."
  type        = string
  default     = null
}
