variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "cidr" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "nat_gateways" {
  type    = number
  default = 1
}

variable "acl_ingress" {
  type = list(object({
    rule_no = number
    cidr    = string
    port    = number
  }))
  default = []
}

variable "flow_log" {
  type    = bool
  default = true
}

variable "flow_log_retention_days" {
  type    = number
  default = 90
}

variable "tags" {
  type    = map(string)
  default = {}
}
