resource "aws_msk_cluster" "events" {
  for_each = {
    first  = { encryption_at_rest_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666" }
    second = { encryption_at_rest_kms_key_arn = "" }
  }

  cluster_name           = each.key
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3

  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = ["subnet-1", "subnet-2", "subnet-3"]
    security_groups = ["sg-1"]
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = each.value.encryption_at_rest_kms_key_arn
  }
}
