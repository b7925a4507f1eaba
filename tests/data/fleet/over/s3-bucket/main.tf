# A root of ours over modules that others wrote, whose own examples need providers beside AWS.
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "this" {
  for_each = toset(["in", "out"])

  bucket = "harbour-prod-${each.key}"
}

module "object" {
  source   = "../../modules/object"
  for_each = { "config/app.json" = "{}", "robots.txt" = "none" }

  bucket  = aws_s3_bucket.this["in"].id
  key     = each.key
  content = each.value
}

resource "aws_sqs_queue" "arrivals" {
  name = "harbour-prod-arrivals"
}

resource "aws_sns_topic" "arrivals" {
  name = "harbour-prod-arrivals"
}

module "notification" {
  source = "../../modules/notification"

  bucket     = aws_s3_bucket.this["in"].id
  bucket_arn = aws_s3_bucket.this["in"].arn

  sqs_notifications = {
    arrivals = {
      queue_arn = aws_sqs_queue.arrivals.arn
      queue_id  = aws_sqs_queue.arrivals.id
      events    = ["s3:ObjectCreated:*"]
    }
  }

  sns_notifications = {
    arrivals = {
      topic_arn = aws_sns_topic.arrivals.arn
      events    = ["s3:ObjectRemoved:Delete"]
    }
  }
}
