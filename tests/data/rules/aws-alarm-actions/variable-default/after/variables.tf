variable "topics" {
  type    = list(string)
  default = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
