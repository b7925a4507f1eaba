variable "environment" {
  type = string
}

variable "region" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "services" {
  type = map(object({
    image         = string
    priority      = number
    port          = optional(number, 8080)
    allowed_cidrs = optional(list(string), [])
  }))
}

variable "queues" {
  type = map(object({
    fifo         = optional(bool, false)
    dead_letters = optional(bool, true)
  }))
}

variable "with_warehouse" {
  type    = bool
  default = false
}

# Given by the pipeline, for each account another one.
variable "account_suffix" {
  type = string
}
