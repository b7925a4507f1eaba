# Writes a Terraform repository for the HCL bench: teams x environments root modules, each with its
# own variables, locals, values file and calls of shared local modules. Names are interpolated, so that
# no ARN's name stands anywhere as text. The same input always gives the same bytes.
#
#   awk -v top=DIRECTORY -v teams=40 -v modules=40 -f hcl_repository.awk
#
# teams * 3 roots of 15 .tf files, and 5 files for each module. DIRECTORY/resources.tsv says what a plan
# would make, by this program's own arithmetic and not by an evaluator's:
#   ARN, root directory, address with keys, file, type, name of the block,
#   argument in it, its new value, argument not in it, its value

function file(path) { if (out != "") close(out); out = top "/" path; path_now = path; printf "" > out }
function line(text) { print text > out }
function lines(text,    parts, n, i) { n = split(text, parts, "\n"); for (i = 1; i <= n; i++) line(parts[i]) }

# The end of each row says what the bench changes in a block of that type.
function expect(arn, address, path, type, name) {
  print arn "\t" root "\t" address "\t" path "\t" type "\t" name "\t" change[type] > (top "/resources.tsv")
}
function regional(service, resource) { return "arn:aws:" service ":" region ":" account ":" resource }

BEGIN {
  region = "eu-west-1"; account = "123456789012"
  split("dev staging prod", environments, " ")
  split("billing search catalog orders payments identity media reports alerts mail", subjects, " ")
  split("storage queue table function", families, " ")
  change["aws_s3_bucket"] = "force_destroy\ttrue\tobject_lock_enabled\ttrue"
  change["aws_sqs_queue"] = "message_retention_seconds\t1209600\tsqs_managed_sse_enabled\ttrue"
  change["aws_sns_topic"] = "signature_version\t2\tkms_master_key_id\t\"alias/aws/sns\""
  change["aws_dynamodb_table"] = "billing_mode\t\"PROVISIONED\"\tdeletion_protection_enabled\ttrue"
  change["aws_lambda_function"] = "timeout\t30\treserved_concurrent_executions\t10"
  change["aws_iam_role"] = "max_session_duration\t7200\tforce_detach_policies\ttrue"
  change["aws_cloudwatch_log_group"] = "retention_in_days\t365\tskip_destroy\ttrue"
  change["aws_db_instance"] = "storage_encrypted\ttrue\tdeletion_protection\ttrue"
  change["aws_ecr_repository"] = "image_tag_mutability\t\"IMMUTABLE\"\tforce_delete\ttrue"
  for (m = 0; m < modules; m++) module(m)
  for (t = 0; t < teams; t++)
    for (e = 1; e <= 3; e++) root_module(t, environments[e])
}

# --- shared modules ---

function module(m,    directory) {
  directory = "modules/" module_name(m)
  system("mkdir -p '" top "/" directory "'")
  file(directory "/variables.tf")
  lines("variable \"prefix\" {\n  description = \"What every name of this module begins with\"\n  type        = string\n}\n")
  lines("variable \"parts\" {\n  description = \"One element for each thing to make\"\n  type        = map(object({ days = number, public = optional(bool, false) }))\n  default     = {}\n}\n")
  lines("variable \"tags\" {\n  type    = map(string)\n  default = {}\n}")
  file(directory "/locals.tf")
  lines("locals {\n  # The version is a part of the name: two can stand beside each other.\n  version = \"v" m + 1 "\"\n  names   = { for key, part in var.parts : key => lower(\"${var.prefix}-${key}-${local.version}\") }\n  tags    = merge(var.tags, { Module = \"" module_name(m) "\" })\n}")
  file(directory "/outputs.tf")
  lines("output \"names\" {\n  description = \"Names by key\"\n  value       = local.names\n}")
  file(directory "/versions.tf")
  lines("terraform {\n  required_version = \">= 1.3\"\n\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \">= 5.0\"\n    }\n  }\n}")
  file(directory "/main.tf")
  if (m % 4 == 0) module_storage()
  else if (m % 4 == 1) module_queue()
  else if (m % 4 == 2) module_table()
  else module_function()
}
function module_name(m) { return sprintf("%s-%02d", families[m % 4 + 1], int(m / 4) + 1) }

function module_storage() {
  lines("resource \"aws_s3_bucket\" \"this\" {\n  for_each = var.parts\n\n  bucket        = local.names[each.key]\n  force_destroy = false\n  tags          = merge(local.tags, { Name = local.names[each.key] })\n}\n")
  lines("resource \"aws_s3_bucket_lifecycle_configuration\" \"this\" {\n  for_each = { for key, part in var.parts : key => part if part.days > 0 }\n\n  bucket = aws_s3_bucket.this[each.key].id\n\n  rule {\n    id     = \"expire\"\n    status = \"Enabled\"\n\n    filter {}\n\n    expiration {\n      days = each.value.days\n    }\n  }\n}\n")
  lines("data \"aws_iam_policy_document\" \"tls\" {\n  for_each = var.parts\n\n  statement {\n    sid       = \"TlsOnly\"\n    effect    = \"Deny\"\n    actions   = [\"s3:*\"]\n    resources = [aws_s3_bucket.this[each.key].arn, \"${aws_s3_bucket.this[each.key].arn}/*\"]\n\n    condition {\n      test     = \"Bool\"\n      variable = \"aws:SecureTransport\"\n      values   = [\"false\"]\n    }\n  }\n}")
}
function module_queue() {
  lines("resource \"aws_sqs_queue\" \"this\" {\n  for_each = var.parts\n\n  name                       = local.names[each.key]\n  message_retention_seconds  = 86400\n  visibility_timeout_seconds = each.value.public ? 60 : 30\n  tags                       = local.tags\n}\n")
  lines("resource \"aws_sqs_queue\" \"dead\" {\n  for_each = var.parts\n\n  name                      = \"${local.names[each.key]}-dead\"\n  message_retention_seconds = 86400\n  redrive_allow_policy = jsonencode({\n    redrivePermission = \"byQueue\"\n    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]\n  })\n}")
}
function module_table() {
  lines("resource \"aws_dynamodb_table\" \"this\" {\n  for_each = var.parts\n\n  name         = local.names[each.key]\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n  tags         = local.tags\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n\n  dynamic \"ttl\" {\n    for_each = each.value.days > 0 ? [each.value.days] : []\n\n    content {\n      attribute_name = \"expires_at\"\n      enabled        = true\n    }\n  }\n}")
}
function module_function() {
  lines("resource \"aws_cloudwatch_log_group\" \"this\" {\n  for_each = var.parts\n\n  name              = \"/service/${local.names[each.key]}\"\n  retention_in_days = each.value.days\n  tags              = local.tags\n}\n")
  lines("resource \"aws_iam_role\" \"this\" {\n  for_each = var.parts\n\n  name                 = join(\"-\", [local.names[each.key], \"run\"])\n  max_session_duration = 3600\n  assume_role_policy   = <<-POLICY\n    {\n      \"Version\": \"2012-10-17\",\n      \"Statement\": [\n        {\n          \"Effect\": \"Allow\",\n          \"Action\": \"sts:AssumeRole\",\n          \"Principal\": { \"Service\": \"${each.value.public ? \"edgelambda\" : \"lambda\"}.amazonaws.com\" }\n        }\n      ]\n    }\n  POLICY\n}")
}
function expect_module(call, m, prefix, key,    name, path, address) {
  path = "modules/" module_name(m) "/main.tf"
  name = prefix "-" key "-v" m + 1
  address = "module." call
  if (m % 4 == 0) expect("arn:aws:s3:::" name, address ".aws_s3_bucket.this[\"" key "\"]", path, "aws_s3_bucket", "this")
  else if (m % 4 == 1) {
    expect(regional("sqs", name), address ".aws_sqs_queue.this[\"" key "\"]", path, "aws_sqs_queue", "this")
    expect(regional("sqs", name "-dead"), address ".aws_sqs_queue.dead[\"" key "\"]", path, "aws_sqs_queue", "dead")
  } else if (m % 4 == 2) expect(regional("dynamodb", "table/" name), address ".aws_dynamodb_table.this[\"" key "\"]", path, "aws_dynamodb_table", "this")
  else {
    expect(regional("logs", "log-group:/service/" name), address ".aws_cloudwatch_log_group.this[\"" key "\"]", path, "aws_cloudwatch_log_group", "this")
    expect("arn:aws:iam::" account ":role/" name "-run", address ".aws_iam_role.this[\"" key "\"]", path, "aws_iam_role", "this")
  }
}

# --- root modules ---

function root_module(t, environment,    team) {
  team = sprintf("%s%02d", subjects[t % 10 + 1], int(t / 10) + 1)
  root = "live/" team "/" environment
  prefix = "acme-" team "-" environment
  system("mkdir -p '" top "/" root "'")
  root_frame(team, environment)
  root_storage()
  root_messages()
  root_compute()
  root_others()
  root_calls(t)
}

function root_frame(team, environment) {
  file(root "/providers.tf")
  lines("terraform {\n  required_version = \">= 1.3\"\n\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \"~> 5.0\"\n    }\n  }\n}\n\nprovider \"aws\" {\n  region = var.region\n\n  default_tags {\n    tags = local.tags\n  }\n}")
  file(root "/variables.tf")
  lines("variable \"organisation\" {\n  type    = string\n  default = \"acme\"\n}\n\nvariable \"team\" {\n  description = \"Who is called when it breaks\"\n  type        = string\n}\n\nvariable \"environment\" {\n  type = string\n\n  validation {\n    condition     = contains([\"dev\", \"staging\", \"prod\"], var.environment)\n    error_message = \"One of dev, staging, prod.\"\n  }\n}\n\nvariable \"region\" {\n  type    = string\n  default = \"" region "\"\n}\n")
  lines("variable \"queues\" {\n  description = \"Work queues, in order\"\n  type        = list(string)\n}\n\nvariable \"buckets\" {\n  type = map(object({\n    days      = number\n    versioned = optional(bool, true)\n  }))\n}\n\nvariable \"images\" {\n  type    = set(string)\n  default = [\"api\", \"worker\", \"migrate\"]\n}")
  file(root "/terraform.tfvars")
  lines("team        = \"" team "\"\nenvironment = \"" environment "\"\nqueues      = [\"in\", \"retry\", \"audit\"]\n\nbuckets = {\n  raw     = { days = 30 }\n  curated = { days = 365, versioned = true }\n  exports = { days = 7, versioned = false }\n  archive = { days = 0 }\n}")
  file(root "/locals.tf")
  lines("locals {\n  prefix  = join(\"-\", [var.organisation, var.team, var.environment])\n  is_prod = var.environment == \"prod\"\n\n  tags = {\n    Team        = var.team\n    Environment = var.environment\n    ManagedBy   = \"terraform\"\n  }\n\n  functions = {\n    ingest = { memory = 256, handler = \"ingest.main\" }\n    report = { memory = local.is_prod ? 1024 : 512, handler = \"report.main\" }\n    sweep  = { memory = 128, handler = \"sweep.main\" }\n  }\n  function_names = { for key, _ in local.functions : key => \"${local.prefix}-fn-${key}\" }\n}")
  file(root "/outputs.tf")
  lines("output \"bucket_names\" {\n  value = { for key, bucket in aws_s3_bucket.data : key => bucket.bucket }\n}\n\noutput \"queue_urls\" {\n  value     = aws_sqs_queue.work[*].url\n  sensitive = false\n}")
}

function root_storage(    keys, n, i) {
  file(root "/buckets.tf")
  lines("resource \"aws_s3_bucket\" \"data\" {\n  for_each = var.buckets\n\n  bucket        = \"${local.prefix}-data-${each.key}\"\n  force_destroy = false\n\n  tags = {\n    Retention = \"${each.value.days} days\"\n  }\n}\n\nresource \"aws_s3_bucket_versioning\" \"data\" {\n  for_each = { for key, bucket in var.buckets : key => bucket if bucket.versioned }\n\n  bucket = aws_s3_bucket.data[each.key].id\n\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n")
  lines("resource \"aws_s3_bucket_public_access_block\" \"data\" {\n  for_each = aws_s3_bucket.data\n\n  bucket                  = each.value.id\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n\n# Access logs of all the others.\nresource \"aws_s3_bucket\" \"logs\" {\n  bucket        = format(\"%s-%s\", local.prefix, \"access-logs\")\n  force_destroy = false\n}")
  n = split("raw curated exports archive", keys, " ")
  for (i = 1; i <= n; i++)
    expect("arn:aws:s3:::" prefix "-data-" keys[i], "aws_s3_bucket.data[\"" keys[i] "\"]", path_now, "aws_s3_bucket", "data")
  expect("arn:aws:s3:::" prefix "-access-logs", "aws_s3_bucket.logs", path_now, "aws_s3_bucket", "logs")
  file(root "/tables.tf")
  lines("resource \"aws_dynamodb_table\" \"sessions\" {\n  name         = \"${local.prefix}-sessions\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"session\"\n  range_key    = \"started\"\n\n  attribute {\n    name = \"session\"\n    type = \"S\"\n  }\n\n  attribute {\n    name = \"started\"\n    type = \"N\"\n  }\n\n  point_in_time_recovery {\n    enabled = local.is_prod\n  }\n}\n\nresource \"aws_dynamodb_table\" \"locks\" {\n  name         = \"${replace(local.prefix, \"acme-\", \"\")}-locks\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n}")
  expect(regional("dynamodb", "table/" prefix "-sessions"), "aws_dynamodb_table.sessions", path_now, "aws_dynamodb_table", "sessions")
  expect(regional("dynamodb", "table/" substr(prefix, 6) "-locks"), "aws_dynamodb_table.locks", path_now, "aws_dynamodb_table", "locks")
  file(root "/databases.tf")
  lines("resource \"aws_db_instance\" \"main\" {\n  identifier                  = lower(\"${local.prefix}-DB\")\n  engine                      = \"postgres\"\n  instance_class              = local.is_prod ? \"db.r6g.large\" : \"db.t4g.micro\"\n  allocated_storage           = 100\n  username                    = \"root\"\n  manage_master_user_password = true\n  storage_encrypted           = false\n  skip_final_snapshot         = !local.is_prod\n\n  timeouts {\n    create = \"60m\"\n  }\n}")
  expect(regional("rds", "db:" prefix "-db"), "aws_db_instance.main", path_now, "aws_db_instance", "main")
}

function root_messages(    names, n, i) {
  file(root "/queues.tf")
  lines("resource \"aws_sqs_queue\" \"work\" {\n  count = length(var.queues)\n\n  name                      = format(\"%s-queue-%s\", local.prefix, var.queues[count.index])\n  message_retention_seconds = 86400\n  redrive_policy = jsonencode({\n    deadLetterTargetArn = aws_sqs_queue.dead.arn\n    maxReceiveCount     = 5\n  })\n}\n\nresource \"aws_sqs_queue\" \"dead\" {\n  name                      = \"${local.prefix}-dead\"\n  message_retention_seconds = 86400\n}")
  n = split("in retry audit", names, " ")
  for (i = 1; i <= n; i++)
    expect(regional("sqs", prefix "-queue-" names[i]), "aws_sqs_queue.work[" i - 1 "]", path_now, "aws_sqs_queue", "work")
  expect(regional("sqs", prefix "-dead"), "aws_sqs_queue.dead", path_now, "aws_sqs_queue", "dead")
  file(root "/topics.tf")
  lines("resource \"aws_sns_topic\" \"events\" {\n  for_each = toset([\"created\", \"deleted\"])\n\n  name              = \"${local.prefix}-events-${each.value}\"\n  signature_version = 1\n}\n\nresource \"aws_sns_topic_subscription\" \"work\" {\n  topic_arn = aws_sns_topic.events[\"created\"].arn\n  protocol  = \"sqs\"\n  endpoint  = aws_sqs_queue.work[0].arn\n}")
  expect(regional("sns", prefix "-events-created"), "aws_sns_topic.events[\"created\"]", path_now, "aws_sns_topic", "events")
  expect(regional("sns", prefix "-events-deleted"), "aws_sns_topic.events[\"deleted\"]", path_now, "aws_sns_topic", "events")
}

function root_compute(    keys, n, i) {
  n = split("ingest report sweep", keys, " ")
  file(root "/functions.tf")
  lines("resource \"aws_lambda_function\" \"this\" {\n  for_each = local.functions\n\n  function_name = local.function_names[each.key]\n  role          = aws_iam_role.function[each.key].arn\n  handler       = each.value.handler\n  memory_size   = each.value.memory\n  runtime       = \"python3.12\"\n  timeout       = 10\n  filename      = \"${path.module}/build/${each.key}.zip\"\n\n  environment {\n    variables = {\n      TABLE  = aws_dynamodb_table.sessions.name\n      QUEUE  = aws_sqs_queue.work[0].url\n      PREFIX = local.prefix # read by the start script\n    }\n  }\n}")
  for (i = 1; i <= n; i++)
    expect(regional("lambda", "function:" prefix "-fn-" keys[i]), "aws_lambda_function.this[\"" keys[i] "\"]", path_now, "aws_lambda_function", "this")
  file(root "/roles.tf")
  lines("resource \"aws_iam_role\" \"function\" {\n  for_each = local.functions\n\n  name                 = \"${local.function_names[each.key]}-role\"\n  max_session_duration = 3600\n  assume_role_policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [\n      {\n        Effect    = \"Allow\"\n        Action    = \"sts:AssumeRole\"\n        Principal = { Service = \"lambda.amazonaws.com\" }\n      },\n    ]\n  })\n}\n\nresource \"aws_iam_role_policy\" \"function\" {\n  for_each = aws_iam_role.function\n\n  name = \"read\"\n  role = each.value.id\n\n  policy = <<-EOT\n    {\n      \"Version\": \"2012-10-17\",\n      \"Statement\": [{\n        \"Effect\": \"Allow\",\n        \"Action\": [\"dynamodb:GetItem\", \"dynamodb:Query\"],\n        \"Resource\": \"${aws_dynamodb_table.sessions.arn}\"\n      }]\n    }\n  EOT\n}")
  for (i = 1; i <= n; i++)
    expect("arn:aws:iam::" account ":role/" prefix "-fn-" keys[i] "-role", "aws_iam_role.function[\"" keys[i] "\"]", path_now, "aws_iam_role", "function")
  file(root "/logs.tf")
  lines("resource \"aws_cloudwatch_log_group\" \"function\" {\n  for_each = local.function_names\n\n  name              = \"/aws/lambda/${each.value}\"\n  retention_in_days = 14\n}")
  for (i = 1; i <= n; i++)
    expect(regional("logs", "log-group:/aws/lambda/" prefix "-fn-" keys[i]), "aws_cloudwatch_log_group.function[\"" keys[i] "\"]", path_now, "aws_cloudwatch_log_group", "function")
}

function root_others(    keys, n, i) {
  file(root "/keys.tf")
  lines("resource \"aws_kms_key\" \"main\" {\n  description             = \"Everything of ${var.team} in ${var.environment}\"\n  enable_key_rotation     = false\n  deletion_window_in_days = 30\n}\n\nresource \"aws_kms_alias\" \"main\" {\n  name          = \"alias/${local.prefix}\"\n  target_key_id = aws_kms_key.main.key_id\n}")
  file(root "/repositories.tf")
  lines("resource \"aws_ecr_repository\" \"image\" {\n  for_each = var.images\n\n  name                 = \"${var.team}/${var.environment}/${each.value}\"\n  image_tag_mutability = \"MUTABLE\"\n\n  image_scanning_configuration {\n    scan_on_push = true\n  }\n}")
  n = split("api worker migrate", keys, " ")
  for (i = 1; i <= n; i++) {
    split(root, parts, "/")
    expect(regional("ecr", "repository/" parts[2] "/" parts[3] "/" keys[i]), "aws_ecr_repository.image[\"" keys[i] "\"]", path_now, "aws_ecr_repository", "image")
  }
}

# Six of the shared modules; one of the calls is made for each of two shards.
function root_calls(t,    i, m, call) {
  file(root "/modules.tf")
  for (i = 0; i < 6; i++) {
    m = (t * 6 + i) % modules
    call = "shared_" i
    if (i == 5) {
      lines("\nmodule \"" call "\" {\n  source   = \"../../../modules/" module_name(m) "\"\n  for_each = toset([\"east\", \"west\"])\n\n  prefix = \"${local.prefix}-" i "-${each.key}\"\n  tags   = local.tags\n  parts  = { only = { days = 14 } }\n}")
      expect_module(call "[\"east\"]", m, prefix "-" i "-east", "only")
      expect_module(call "[\"west\"]", m, prefix "-" i "-west", "only")
      continue
    }
    if (i > 0) line("")
    lines("module \"" call "\" {\n  source = \"../../../modules/" module_name(m) "\"\n\n  prefix = \"${local.prefix}-" i "\"\n  tags   = local.tags\n\n  parts = {\n    hot  = { days = 7 }\n    cold = { days = 90, public = " (i % 2 ? "true" : "false") " }\n  }\n}")
    expect_module(call, m, prefix "-" i, "hot")
    expect_module(call, m, prefix "-" i, "cold")
  }
}
