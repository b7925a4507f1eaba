/*
 * Config: environment variables, under the names that users of earlier tools know. One table
 * (config.c) gives parsing, --help, `plumb config check` and docs/configuration.md.
 *
 *     config_load(&config, getenv-like, context, err) -> read fields -> config_done(&config)
 *
 * Every field has its default as text in the table. Secrets are registered with redact() and shown
 * as set/unset only. A secret may be given as NAME_FILE=path too: the file's first line is taken,
 * or all of it where that begins PEM.
 */
#ifndef COMMON_CONFIG_H
#define COMMON_CONFIG_H

#include "common/base.h"
#include "common/buf.h"
#include "common/log.h"

struct config {
    /* what we are */
    char *environment;         /* ENVIRONMENT: production, development, staging, other */
    bool remediation_enabled;  /* GITHUB_REMEDIATION_ENABLED */
    bool dry_run;              /* DRY_RUN */
    int64_t max_pr_per_run;    /* MAX_PR_PER_RUN; 0: no limit */
    int64_t pr_window_seconds; /* PR_WINDOW_SECONDS: how long one run's limit lasts */
    char *tenant;              /* TENANT */
    char *policy_file;         /* POLICY_FILE: policies.yaml, "" for none */
    char *rules_path;          /* PLUMB_RULES_PATH: more rule packs, colon-separated */
    char *data_dir;            /* DATA_DIR: mirrors, audit, local pull requests */
    enum log_level log_level;  /* LOG_LEVEL */

    /* HTTP of each role */
    char *http_address; /* HTTP_ADDRESS */
    int64_t http_port;  /* HTTP_PORT: 0 picks one */
    char *intake_token; /* INTAKE_TOKEN (secret): bearer for POST /v1/...; "" only on loopback */
    int64_t intake_max_bytes; /* INTAKE_MAX_BYTES */

    /* Kafka */
    char *kafka_brokers; /* KAFKA_BOOTSTRAP_SERVERS */
    char *kafka_group;   /* KAFKA_CONSUMER_GROUP */
    char *kafka_security_protocol;
    char *kafka_sasl_mechanism;
    char *kafka_sasl_username;
    char *kafka_sasl_password;
    char *kafka_ssl_ca_file; /* KAFKA_SSL_CA_LOCATION, and so on */
    char *kafka_ssl_certificate_file;
    char *kafka_ssl_key_file;
    int64_t kafka_session_timeout_ms; /* KAFKA_SESSION_TIMEOUT_MS */
    int64_t kafka_fetch_wait_ms;      /* KAFKA_FETCH_WAIT_MS */
    int64_t kafka_partitions;         /* KAFKA_PARTITIONS: for topics that we create */
    int64_t kafka_replication;        /* KAFKA_REPLICATION */

    /* Redis */
    char *redis_url;     /* REDIS_URL (its password is secret) */
    char *redis_ca_file; /* REDIS_CA_FILE */

    /* worker */
    int64_t max_concurrent_workers; /* MAX_CONCURRENT_WORKERS */
    int64_t lease_ms;               /* WORKER_LEASE_MS */
    int64_t attempts_max;           /* WORKER_ATTEMPTS_MAX */
    char *retry_tiers;              /* RETRY_TIERS_SECONDS: four numbers, "30,300,1800,7200" */
    int64_t state_retention_days;   /* STATE_RETENTION_DAYS */
    char *terraform_path;           /* TERRAFORM_PATH: directory inside the repository */
    char *terraform_binary;         /* TERRAFORM_BINARY: "terraform"; "" never runs it */
    char *terraform_mirror;         /* TERRAFORM_PROVIDER_MIRROR: filesystem mirror, "" none */
    int64_t terraform_runs_max;     /* TERRAFORM_RUNS_MAX: 0 by memory */
    char *terraform_plan;           /* TERRAFORM_PLAN: off, empty, state */
    char *terraform_plan_env_file;  /* TERRAFORM_PLAN_ENV_FILE: "" none */
    char *drift_action;             /* DRIFT_ACTION: pull_request or review */

    /* GitHub and git */
    char *github_token;            /* GITHUB_TOKEN, else DRIFT_REMEDIATION_TOKEN (secret) */
    char *github_app_id;           /* GITHUB_APP_ID: "" none */
    char *github_app_key;          /* GITHUB_APP_PRIVATE_KEY (secret) */
    char *github_app_installation; /* GITHUB_APP_INSTALLATION_ID: "" asks */
    char *github_repository;       /* GITHUB_REPOSITORY */
    char *github_repo_mapping;     /* GITHUB_REPO_MAPPING: JSON object */
    char *github_api_url;          /* GITHUB_API_URL */
    char *github_url;              /* GITHUB_URL: where git clones from */
    char *base_branch;             /* BASE_BRANCH: "" the repository's default */
    char *local_forge_dir; /* LOCAL_FORGE_DIR: directory of bare repositories owner/name.git */
    int64_t git_max_bytes; /* GIT_MAX_BYTES */
    int64_t git_timeout_seconds; /* GIT_TIMEOUT_SECONDS */

    /* the model, where no rule answers */
    char *llm_provider;               /* LLM_PROVIDER: none, bedrock, bedrock-converse, … */
    char *llm_model;                  /* LLM_MODEL, else BEDROCK_MODEL_ID; "" the provider's own */
    char *llm_base_url;               /* LLM_BASE_URL */
    char *llm_api_key;                /* LLM_API_KEY (secret) */
    char *llm_bedrock_key;            /* AWS_BEARER_TOKEN_BEDROCK (secret) */
    char *llm_repositories;           /* LLM_REPOSITORIES: patterns, comma separated */
    int64_t llm_timeout_seconds;      /* LLM_TIMEOUT_SECONDS */
    int64_t llm_max_output_tokens;    /* LLM_MAX_OUTPUT_TOKENS */
    int64_t llm_reasks;               /* LLM_REASKS */
    int64_t llm_item_tokens;          /* LLM_ITEM_TOKENS */
    int64_t llm_repository_day_cents; /* LLM_REPOSITORY_DAY_CENTS: US cents; 0: no limit */
    int64_t llm_day_cents;            /* LLM_DAY_CENTS */
    int64_t llm_input_cents;          /* LLM_INPUT_CENTS: of a million tokens */
    int64_t llm_output_cents;         /* LLM_OUTPUT_CENTS */
    int64_t llm_requests_per_minute;  /* LLM_REQUESTS_PER_MINUTE: of the fleet */
    int64_t llm_tokens_per_minute;    /* LLM_TOKENS_PER_MINUTE */

    /* sources */
    char *sources;                 /* SOURCES: comma list of vanta, file, terraform */
    int64_t poll_interval_seconds; /* POLL_INTERVAL_SECONDS */
    char *vanta_base_url;          /* VANTA_BASE_URL */
    char *vanta_api_token;         /* VANTA_API_TOKEN (secret) */
    char *vanta_client_id;         /* VANTA_CLIENT_ID */
    char *vanta_client_secret;     /* VANTA_CLIENT_SECRET (secret) */
    char *vanta_framework;         /* VANTA_FRAMEWORK: frameworkFilter, "" all */
    char *aws_account_id;          /* AWS_ACCOUNT_ID: to derive ARNs */
    char *aws_region;              /* AWS_REGION */
    char *findings_path;           /* FINDINGS_PATH: file or directory for the file source */
    char *findings_repository;     /* FINDINGS_REPOSITORY: for formats that name none */
    char *drift_directories; /* DRIFT_DIRECTORIES: owner/name=path,… for the terraform source */

    /* outside connections */
    char *ca_file;            /* CA_FILE */
    char *https_proxy;        /* HTTPS_PROXY */
    bool allow_private_hosts; /* ALLOW_PRIVATE_HOSTS: loopback endpoints (local runs, tests) */

    /* sink */
    char *audit_dir; /* AUDIT_DIR: "" is DATA_DIR/audit */
};

typedef const char *(*config_lookup_fn)(void *context, const char *name); /* NULL when unset */

/* ERR_FATAL naming the variable, its value (never a secret's) and what is accepted; when several
 * are wrong a line for each, as far as err has room. */
int config_load(struct config *out, config_lookup_fn lookup, void *context,
                struct err *err) MUST_USE;
int config_load_env(struct config *out, struct err *err) MUST_USE; /* from the environment */
void config_done(struct config *config);

enum config_style { CONFIG_TEXT, CONFIG_MARKDOWN };
/* Every variable with default and meaning. */
void config_describe(struct buf *out, enum config_style style);
/* Every variable with its present value, "NAME=value" lines; secrets as set/unset. */
void config_show(const struct config *config, struct buf *out);

/* The repository for a resource: exact ARN in GITHUB_REPO_MAPPING, then its longest prefix, then
 * "default", then GITHUB_REPOSITORY; NULL when nothing answers. Caller frees. */
char *config_repository_for(const struct config *config, const char *resource);

#endif
