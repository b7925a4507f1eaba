variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "environment" {
  type    = string
  default = "staging"
}

variable "subnet_ids" {
  description = "Private subnets of the shared staging network."
  type        = list(string)
}

variable "database_security_group_id" {
  type = string
}
