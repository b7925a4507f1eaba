variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "environment" {
  type = string
}

variable "vpc_cidr" {
  type    = string
  default = "10.20.0.0/16"
}

variable "availability_zones" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b"]
}

variable "log_retention_days" {
  description = "How long the services keep their logs."
  type        = number
  default     = 90
}

variable "rotate_backup_key" {
  description = "Let KMS rotate the key of the backups once a year."
  type        = bool
  default     = true
}

variable "protect_orders_database" {
  type    = bool
  default = true
}

variable "dr_suffix" {
  description = "Region code of the replica; the pipeline sets it."
  type        = string
}
