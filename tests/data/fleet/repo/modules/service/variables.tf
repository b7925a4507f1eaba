variable "prefix" {
  type = string
}

variable "name" {
  type = string
}

variable "image" {
  type = string
}

variable "port" {
  type    = number
  default = 8080
}

variable "priority" {
  type = number
}

variable "cluster" {
  type = string
}

variable "listener_arn" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "allowed_cidrs" {
  type    = list(string)
  default = []
}

variable "log_retention_days" {
  type    = number
  default = 90
}
