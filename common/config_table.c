/* Every environment variable of Plumbline; the story stands in config_table.h. */
#include "common/config_table.h"

#define AT(field)             .offset = offsetof(struct config, field)
#define TEXT(field, standard) .type = SETTING_TEXT, AT(field), .default_text = (standard)
#define SECRET(field)         TEXT(field, ""), .secret = true
#define BOOL(field, standard) .type = SETTING_BOOL, AT(field), .default_text = (standard)
#define URL(field, standard)  .type = SETTING_URL, AT(field), .default_text = (standard)
#define NUMBER(field, standard, low, high)                                                         \
    .type = SETTING_NUMBER, AT(field), .default_text = (standard), .lowest = (low),                \
    .highest = (high)
#define ONE_OF(field, standard, list)                                                              \
    .type = SETTING_CHOICE, AT(field), .default_text = (standard), .choices = (list)

#define GENERAL "What this process may do"
#define HTTP    "HTTP of each role"
#define KAFKA   "Kafka"
#define REDIS   "Redis"
#define WORKER  "Worker"
#define GITHUB  "GitHub and git"
#define MODEL   "Model (LLM), where no rule answers"
#define SOURCES "Sources"
#define OUTSIDE "Connections to the outside"
#define SINK    "Audit sink"

/* clang-format off */
const struct setting config_settings[] = {
    {GENERAL, "ENVIRONMENT", TEXT(environment, "development"),
     .doc = "production opens pull requests on GitHub, development and staging in "
            "LOCAL_FORGE_DIR; any other name opens none."},
    {GENERAL, "GITHUB_REMEDIATION_ENABLED", BOOL(remediation_enabled, "false"),
     .doc = "Open pull requests. While false, everything up to the gate runs and is audited, "
            "and nothing is pushed."},
    {GENERAL, "DRY_RUN", BOOL(dry_run, "false"),
     .doc = "Work out every fix and say what would be opened, but push nothing."},
    {GENERAL, "MAX_PR_PER_RUN", NUMBER(max_pr_per_run, "3", 0, 10000),
     .doc = "Pull requests that one run may open in each repository; 0 is no limit."},
    {GENERAL, "PR_WINDOW_SECONDS", NUMBER(pr_window_seconds, "3600", 1, 2592000),
     .doc = "How long one run lasts for MAX_PR_PER_RUN."},
    {GENERAL, "TENANT", TEXT(tenant, "default"),
     .doc = "Part of every item's identity, for installations that serve several customers."},
    {GENERAL, "POLICY_FILE", TEXT(policy_file, ""),
     .doc = "Policy file (YAML): inputs of rules, suppressions, drift, Terraform states."},
    {GENERAL, "PLUMB_RULES_PATH", TEXT(rules_path, ""),
     .doc = "More rule packs besides the built-in ones: YAML files, separated by colons."},
    {GENERAL, "DATA_DIR", TEXT(data_dir, "./plumb-data"),
     .doc = "Directory for git mirrors, the audit trail and local pull requests."},
    {GENERAL, "LOG_LEVEL", .type = SETTING_LEVEL, AT(log_level), .default_text = "INFO",
     .choices = "DEBUG,INFO,WARNING,ERROR,CRITICAL",
     .doc = "The least important log lines that are written."},

    {HTTP, "HTTP_ADDRESS", TEXT(http_address, "127.0.0.1"),
     .doc = "Address for health, metrics, intake and history; 0.0.0.0 or :: for all."},
    {HTTP, "HTTP_PORT", NUMBER(http_port, "8080", 0, 65535),
     .doc = "Port for the same; 0 lets the system pick one, which the log names."},
    {HTTP, "INTAKE_TOKEN", SECRET(intake_token),
     .doc = "Bearer token that POST /v1/findings and /v1/drift demand; may be left out only "
            "on a loopback address."},
    {HTTP, "INTAKE_MAX_BYTES", NUMBER(intake_max_bytes, "8388608", 1024, 67108864),
     .doc = "Largest body that the intake accepts."},

    {KAFKA, "KAFKA_BOOTSTRAP_SERVERS", TEXT(kafka_brokers, "localhost:9092"),
     .doc = "Brokers, host:port separated by commas."},
    {KAFKA, "KAFKA_CONSUMER_GROUP", TEXT(kafka_group, "plumb-workers"),
     .doc = "Consumer group of the workers."},
    {KAFKA, "KAFKA_SECURITY_PROTOCOL",
     ONE_OF(kafka_security_protocol, "PLAINTEXT", "PLAINTEXT,SSL,SASL_PLAINTEXT,SASL_SSL"),
     .doc = "How brokers are spoken to."},
    {KAFKA, "KAFKA_SASL_MECHANISM",
     ONE_OF(kafka_sasl_mechanism, "PLAIN", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"),
     .doc = "Used with the two SASL protocols."},
    {KAFKA, "KAFKA_SASL_USERNAME", TEXT(kafka_sasl_username, ""), .doc = "User for SASL."},
    {KAFKA, "KAFKA_SASL_PASSWORD", SECRET(kafka_sasl_password), .doc = "Password for SASL."},
    {KAFKA, "KAFKA_SSL_CA_LOCATION", TEXT(kafka_ssl_ca_file, ""),
     .doc = "CA certificates (PEM) that sign the brokers'; empty takes the system's."},
    {KAFKA, "KAFKA_SSL_CERTIFICATE_LOCATION", TEXT(kafka_ssl_certificate_file, ""),
     .doc = "Our certificate (PEM), for mutual TLS."},
    {KAFKA, "KAFKA_SSL_KEY_LOCATION", TEXT(kafka_ssl_key_file, ""),
     .doc = "Its private key (PEM)."},
    {KAFKA, "KAFKA_SESSION_TIMEOUT_MS", NUMBER(kafka_session_timeout_ms, "10000", 4000, 1800000),
     .doc = "A worker silent for this long loses its partitions."},
    {KAFKA, "KAFKA_FETCH_WAIT_MS", NUMBER(kafka_fetch_wait_ms, "500", 1, 60000),
     .doc = "How long a broker may wait for more data before it answers; less is quicker and "
            "busier."},
    {KAFKA, "KAFKA_PARTITIONS", NUMBER(kafka_partitions, "12", 1, 1000),
     .doc = "Partitions of topics that we create; the most workers that share one topic."},
    {KAFKA, "KAFKA_REPLICATION", NUMBER(kafka_replication, "1", 1, 10),
     .doc = "Copies of topics that we create; 3 on a cluster."},

    {REDIS, "REDIS_URL", .type = SETTING_REDIS_URL, AT(redis_url),
     .default_text = "redis://localhost:6379/0",
     .doc = "Where claims and cursors live. A password in it is treated as a secret."},
    {REDIS, "REDIS_CA_FILE", TEXT(redis_ca_file, ""),
     .doc = "CA certificates (PEM) for rediss://; empty takes the system's."},

    {WORKER, "MAX_CONCURRENT_WORKERS", NUMBER(max_concurrent_workers, "3", 1, 256),
     .doc = "Items that one worker process works on at the same time."},
    {WORKER, "WORKER_LEASE_MS", NUMBER(lease_ms, "60000", 1000, 3600000),
     .doc = "An item whose worker is silent for this long goes to another."},
    {WORKER, "WORKER_ATTEMPTS_MAX", NUMBER(attempts_max, "5", 1, 100),
     .doc = "Failed attempts after which an item goes to the dead-letter topic."},
    {WORKER, "RETRY_TIERS_SECONDS", .type = SETTING_TIERS, AT(retry_tiers),
     .default_text = "30,300,1800,7200",
     .doc = "Waits before the next attempts, one for each retry topic."},
    {WORKER, "STATE_RETENTION_DAYS", NUMBER(state_retention_days, "7", 1, 3650),
     .doc = "How long Redis remembers items that are done."},
    {WORKER, "TERRAFORM_PATH", TEXT(terraform_path, "."),
     .doc = "Directory inside the repository where the Terraform code begins."},
    {WORKER, "TERRAFORM_BINARY", TEXT(terraform_binary, "terraform"), .may_be_empty = true,
     .doc = "Program for fmt, validate and plan. Set to nothing, it is never run, and the "
            "pull request says so."},
    {WORKER, "TERRAFORM_PROVIDER_MIRROR", TEXT(terraform_mirror, ""),
     .doc = "Directory with provider plugins (filesystem mirror), so that terraform needs no "
            "network."},
    {WORKER, "TERRAFORM_RUNS_MAX", NUMBER(terraform_runs_max, "0", 0, 64),
     .doc = "Terraform processes at a time in one worker; 0 goes by the memory there is."},
    {WORKER, "TERRAFORM_PLAN", ONE_OF(terraform_plan, "off", "off,empty,state"),
     .doc = "Plan every fix before its pull request: empty without a state, state with the "
            "configured backend and read-only credentials from TERRAFORM_PLAN_ENV_FILE."},
    {WORKER, "TERRAFORM_PLAN_ENV_FILE", TEXT(terraform_plan_env_file, ""),
     .doc = "File of NAME=value lines (AWS_*, TF_VAR_*, proxies) that terraform plan gets, and "
            "nothing else does; only its owner may read it."},
    {WORKER, "DRIFT_ACTION", ONE_OF(drift_action, "pull_request", "pull_request,review"),
     .doc = "What a drift event becomes: a draft pull request, or an item that waits for a "
            "person."},

    {GITHUB, "GITHUB_TOKEN", .also = "DRIFT_REMEDIATION_TOKEN", SECRET(github_token),
     .doc = "Token that may push branches and open pull requests. Like every token below, it may "
            "be a reference: env://NAME, file:///path, vault://mount/path#field, "
            "aws-secretsmanager://name#key."},
    {GITHUB, "GITHUB_APP_ID", TEXT(github_app_id, ""),
     .doc = "GitHub App (its id or client id) whose installation tokens are used instead of "
            "GITHUB_TOKEN: each for one repository and for an hour."},
    {GITHUB, "GITHUB_APP_PRIVATE_KEY", SECRET(github_app_key),
     .doc = "Its private key, PEM: GITHUB_APP_PRIVATE_KEY_FILE, or a reference."},
    {GITHUB, "GITHUB_APP_INSTALLATION_ID", TEXT(github_app_installation, ""),
     .doc = "The installation; empty asks GitHub for that of each repository."},
    {GITHUB, "GITHUB_REPOSITORY", .type = SETTING_REPOSITORY, AT(github_repository),
     .default_text = "",
     .doc = "Repository for resources that GITHUB_REPO_MAPPING does not know."},
    {GITHUB, "GITHUB_REPO_MAPPING", .type = SETTING_MAPPING, AT(github_repo_mapping),
     .default_text = "{\"default\": \"\"}",
     .doc = "Which repository owns which resource: ARNs or their beginnings, and \"default\". "
            "The longest match wins."},
    {GITHUB, "GITHUB_API_URL", URL(github_api_url, "https://api.github.com"),
     .doc = "GitHub's REST API."},
    {GITHUB, "GITHUB_URL", URL(github_url, "https://github.com"),
     .doc = "Where git fetches from and pushes to."},
    {GITHUB, "BASE_BRANCH", TEXT(base_branch, ""),
     .doc = "Branch that pull requests go to; empty takes the repository's default."},
    {GITHUB, "LOCAL_FORGE_DIR", TEXT(local_forge_dir, ""),
     .doc = "Where ENVIRONMENT is development or staging: the directory of bare repositories "
            "owner/name.git; pull requests become files in DATA_DIR/pulls."},
    {GITHUB, "GIT_MAX_BYTES", NUMBER(git_max_bytes, "1073741824", 1048576, 1099511627776),
     .doc = "Largest fetch of one repository."},
    {GITHUB, "GIT_TIMEOUT_SECONDS", NUMBER(git_timeout_seconds, "300", 1, 86400),
     .doc = "Longest fetch or push."},

    {MODEL, "LLM_PROVIDER",
     ONE_OF(llm_provider, "none", "none,bedrock,bedrock-converse,anthropic,openai"),
     .doc = "Who is asked where no rule answers: Claude through Amazon Bedrock (InvokeModel, or "
            "Converse), Anthropic's API, or a server that speaks OpenAI's chat completions. "
            "With none, such findings wait for a person."},
    {MODEL, "LLM_MODEL", .also = "BEDROCK_MODEL_ID", TEXT(llm_model, ""),
     .doc = "Model id, inference profile or its ARN. Empty is Claude Opus 4.5: "
            "global.anthropic.claude-opus-4-5-20251101-v1:0 of Bedrock, "
            "claude-opus-4-5-20251101 of Anthropic."},
    {MODEL, "LLM_BASE_URL", URL(llm_base_url, ""),
     .doc = "Where the model's API is; empty is the provider's own. openai has none of its own."},
    {MODEL, "LLM_API_KEY", SECRET(llm_api_key),
     .doc = "Key of anthropic or openai; of bedrock, AWS_BEARER_TOKEN_BEDROCK or the AWS "
            "credential chain."},
    {MODEL, "AWS_BEARER_TOKEN_BEDROCK", SECRET(llm_bedrock_key),
     .doc = "Bedrock API key; goes before AWS credentials."},
    {MODEL, "LLM_REPOSITORIES", TEXT(llm_repositories, "*"),
     .doc = "Repositories whose code may be shown to the model: owner/name patterns with *, "
            "separated by commas."},
    {MODEL, "LLM_TIMEOUT_SECONDS", NUMBER(llm_timeout_seconds, "900", 1, 3600),
     .doc = "How long one answer may take. A request given up may have been paid for, so be "
            "generous."},
    {MODEL, "LLM_MAX_OUTPUT_TOKENS", NUMBER(llm_max_output_tokens, "8192", 256, 64000),
     .doc = "Longest answer; one that is cut there is no answer."},
    {MODEL, "LLM_REASKS", NUMBER(llm_reasks, "2", 0, 2),
     .doc = "How often the model is asked again, told what the gate said to its answer."},
    {MODEL, "LLM_ITEM_TOKENS", NUMBER(llm_item_tokens, "200000", 1000, 10000000),
     .doc = "Most tokens, in and out, for one finding."},
    {MODEL, "LLM_REPOSITORY_DAY_CENTS", NUMBER(llm_repository_day_cents, "2000", 0, 100000000),
     .doc = "Most US cents that one repository may cost in a day (UTC); 0 is no limit."},
    {MODEL, "LLM_DAY_CENTS", NUMBER(llm_day_cents, "10000", 0, 100000000),
     .doc = "Likewise, the whole fleet."},
    {MODEL, "LLM_INPUT_CENTS", NUMBER(llm_input_cents, "500", 0, 1000000),
     .doc = "Price of a million tokens in, in US cents."},
    {MODEL, "LLM_OUTPUT_CENTS", NUMBER(llm_output_cents, "2500", 0, 1000000),
     .doc = "Price of a million tokens out."},
    {MODEL, "LLM_REQUESTS_PER_MINUTE", NUMBER(llm_requests_per_minute, "50", 1, 100000),
     .doc = "Requests that the whole fleet may make; the account's quota."},
    {MODEL, "LLM_TOKENS_PER_MINUTE", NUMBER(llm_tokens_per_minute, "400000", 1000, 1000000000),
     .doc = "Tokens, in and out, likewise."},

    {SOURCES, "SOURCES", .type = SETTING_LIST, AT(sources),
     .default_text = "vanta", .choices = "vanta,file,terraform", .may_be_empty = true,
     .doc = "What `plumb poll` asks. Set to nothing, it only serves POST /v1/findings and "
            "/v1/drift."},
    {SOURCES, "POLL_INTERVAL_SECONDS", NUMBER(poll_interval_seconds, "300", 1, 604800),
     .doc = "Time from one poll to the next."},
    {SOURCES, "VANTA_BASE_URL", URL(vanta_base_url, "https://api.vanta.com"),
     .doc = "Vanta's API."},
    {SOURCES, "VANTA_API_TOKEN", SECRET(vanta_api_token),
     .doc = "A ready token. Better is a client id and secret, from which tokens are made."},
    {SOURCES, "VANTA_CLIENT_ID", TEXT(vanta_client_id, ""), .doc = "OAuth client."},
    {SOURCES, "VANTA_CLIENT_SECRET", SECRET(vanta_client_secret), .doc = "Its secret."},
    {SOURCES, "VANTA_FRAMEWORK", TEXT(vanta_framework, ""),
     .doc = "Only tests of this framework (soc2, iso27001, …)."},
    {SOURCES, "AWS_ACCOUNT_ID", TEXT(aws_account_id, ""),
     .doc = "Account for sources that name resources without one."},
    {SOURCES, "AWS_REGION", TEXT(aws_region, ""), .doc = "Region for the same."},
    {SOURCES, "FINDINGS_PATH", TEXT(findings_path, ""),
     .doc = "File or directory of the file source: our JSON lines, ASFF, Checkov JSON or SARIF."},
    {SOURCES, "FINDINGS_REPOSITORY", .type = SETTING_REPOSITORY, AT(findings_repository),
     .default_text = "",
     .doc = "Repository for findings in formats that name none."},
    {SOURCES, "DRIFT_DIRECTORIES", TEXT(drift_directories, ""),
     .doc = "Working directories of the terraform source: owner/name=path, separated by commas."},

    {OUTSIDE, "CA_FILE", TEXT(ca_file, ""),
     .doc = "CA certificates (PEM) for HTTPS and git; empty takes the system's."},
    {OUTSIDE, "HTTPS_PROXY", .also = "https_proxy", .type = SETTING_URL, AT(https_proxy),
     .default_text = "",
     .doc = "Proxy for HTTPS and git. A password in it is treated as a secret."},
    {OUTSIDE, "ALLOW_PRIVATE_HOSTS", BOOL(allow_private_hosts, "false"),
     .doc = "Let outside connections go to loopback and private addresses: for local runs and "
            "tests."},

    {SINK, "AUDIT_DIR", TEXT(audit_dir, ""),
     .doc = "Directory of the audit trail; empty is DATA_DIR/audit."},
};
/* clang-format on */

const size_t config_settings_count = COUNT(config_settings);
