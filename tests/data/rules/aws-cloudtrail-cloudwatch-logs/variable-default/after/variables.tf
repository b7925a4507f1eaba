variable "wanted" {
  type    = string
  default = "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"
}
