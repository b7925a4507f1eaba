resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = "events"
  destination = "extended_s3"

  msk_source_configuration {
    msk_cluster_arn = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/1"
    topic_name      = "events"

    authentication_configuration {
      connectivity = "PRIVATE"
      role_arn     = "arn:aws:iam::111122223333:role/firehose"
    }
  }

  extended_s3_configuration {
    role_arn   = "arn:aws:iam::111122223333:role/firehose"
    bucket_arn = "arn:aws:s3:::events"
  }
}
