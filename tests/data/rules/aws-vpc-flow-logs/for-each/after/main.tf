resource "aws_vpc" "main" {
  for_each = toset(["10.0.0.0/16", "10.1.0.0/16"])

  cidr_block = each.key
}

resource "aws_flow_log" "main" {
  for_each = aws_vpc.main

  vpc_id = each.value.id

  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.main_flow_log[each.key].arn
  iam_role_arn    = aws_iam_role.main_flow_log[each.key].arn
}

resource "aws_cloudwatch_log_group" "main_flow_log" {
  for_each = aws_vpc.main

  name              = "/aws/vpc/${each.value.id}"
  retention_in_days = 365
}

resource "aws_iam_role" "main_flow_log" {
  for_each = aws_vpc.main

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "main_flow_log" {
  for_each = aws_vpc.main

  role = aws_iam_role.main_flow_log[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
      ]
      Resource = [
        aws_cloudwatch_log_group.main_flow_log[each.key].arn,
        "${aws_cloudwatch_log_group.main_flow_log[each.key].arn}:*",
      ]
    }]
  })
}
