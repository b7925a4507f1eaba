resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_notification" "data" {
  bucket = aws_s3_bucket.data.id

  dynamic "queue" {
    for_each = var.queues

    content {
      queue_arn = queue.value
      events    = ["s3:ObjectCreated:*"]
    }
  }
}

variable "queues" {
  default = []
}
