variable "n" {
  type = number
}
variable "name" {
  type = string
}
resource "aws_sqs_queue" "this" {
  count = var.n
  name  = "${var.name}-${count.index}"
}
