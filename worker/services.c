/* Opening and closing the doors of a worker; the story stands in services.h. */
#include "worker/services.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/aws/aws_credentials.h"
#include "common/config.h"
#include "common/files.h"
#include "common/http/http.h"
#include "common/http/http_hosts.h"
#include "common/kafka/kafka_options.h"
#include "common/kafka/queue.h"
#include "common/redis/claim_store.h"
#include "common/redis/redis.h"
#include "common/retry_budget.h"
#include "common/secret/secret.h"
#include "common/stop.h"
#include "proto/topics.h"
#include "version.h"
#include "worker/alone.h"
#include "worker/forge/forge.h"
#include "worker/forge/github_app.h"
#include "worker/forge/github_floor.h"
#include "worker/gate/pool.h"
#include "worker/git/git.h"
#include "worker/lease.h"
#include "worker/llm/llm.h"
#include "worker/model.h"
#include "worker/outlet.h"
#include "worker/plan_leave.h"
#include "worker/policy.h"
#include "worker/rules/rules.h"
#include "worker/state_cache.h"

bool environment_is_github(const struct config *config)
{
    return str_eq(config->environment, "production");
}

bool environment_is_local(const struct config *config)
{
    return str_eq(config->environment, "development") || str_eq(config->environment, "staging");
}

static void decide_dry_run(struct shared *shared)
{
    const struct config *config = shared->config;

    if (config->dry_run)
        shared->dry_run_why = "DRY_RUN is set";
    else if (!config->remediation_enabled)
        shared->dry_run_why = "GITHUB_REMEDIATION_ENABLED is not true";
    else if (!environment_is_github(config) && !environment_is_local(config))
        shared->dry_run_why = "this ENVIRONMENT opens no pull requests";
    shared->dry_run = shared->dry_run_why != NULL;
}

static int make_directories(struct shared *shared, struct err *err)
{
    char data[sizeof shared->mirror_dir - 64];

    /* terraform runs in directories of its own, and is told where its files are. */
    if (files_absolute(shared->config->data_dir, data, sizeof data, err) < 0)
        return err_wrap(err, ERR_FATAL, "DATA_DIR");
    snprintf(shared->mirror_dir, sizeof shared->mirror_dir, "%s/mirrors", data);
    int r = files_make_directory(shared->mirror_dir, err);
    if (r == 0)
        r = scratch_open(&shared->scratch, data, err);
    if (r < 0)
        return err_wrap(err, ERR_FATAL, "DATA_DIR");
    return 0;
}

/* A server that fails is left alone for as long as an item waits at least. */
static int open_limits(struct shared *shared, struct err *err)
{
    int64_t tiers[RETRY_TIER_COUNT];
    int r = outlet_parse_tiers(shared->config->retry_tiers, tiers, err);

    if (r == 0) {
        struct breaker_rules rules = {.window_ms = tiers[0] * 1000, .open_ms = tiers[0] * 1000};
        r = http_hosts_new(&shared->hosts, &rules, err);
    }
    if (r == 0)
        r = alone_new(&shared->alone, err);
    if (r == 0)
        r = retry_budget_new(&shared->retries, err);
    if (r == 0)
        r = github_floor_new(&shared->github_floor, err);
    return r;
}

static int open_secret(struct shared *shared, const char *name, const char *text,
                       struct secret **out, struct token_source *source, struct err *err)
{
    const struct config *config = shared->config;
    const struct secret_options options = {.text = text,
                                           .name = name,
                                           .user_agent = "plumbline/" PLUMB_VERSION,
                                           .chain = shared->aws,
                                           .region = config->aws_region,
                                           .allow_private = config->allow_private_hosts};
    int r = secret_open(out, &options, err);

    if (r == 0)
        *source = secret_source(*out);
    return r;
}

/* A person's token, or an app that mints them. */
static int open_github_tokens(struct shared *shared, struct err *err)
{
    const struct config *config = shared->config;
    bool is_app = config->github_app_id[0] != '\0';
    const struct http_options http = {
        .user_agent = "plumbline/" PLUMB_VERSION,
        .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL,
        .proxy = config->https_proxy[0] != '\0' ? config->https_proxy : NULL,
        .allow_private = config->allow_private_hosts,
        .hosts = shared->hosts,
    };
    const struct github_app_options app = {
        .app_id = config->github_app_id,
        .installation_id = config->github_app_installation,
        .key = &shared->github_key,
        .api_url = config->github_api_url,
        .http = &http,
    };
    int r = open_secret(shared, is_app ? "GITHUB_APP_PRIVATE_KEY" : "GITHUB_TOKEN",
                        is_app ? config->github_app_key : config->github_token,
                        &shared->github_secret, &shared->github_key, err);

    if (r == 0 && is_app)
        r = github_app_open(&shared->github_app, &app, err);
    if (r == 0)
        shared->github_tokens = is_app ? github_app_source(shared->github_app) : shared->github_key;
    return r;
}

/* Keys of AWS are looked for when the first request is signed. */
static int open_secrets(struct shared *shared, struct err *err)
{
    const struct aws_chain_options options = {.user_agent = "plumbline/" PLUMB_VERSION};
    const struct config *config = shared->config;
    int r = aws_chain_new(&shared->aws, &options, err);

    if (r == 0)
        r = open_github_tokens(shared, err);
    if (r == 0)
        r = open_secret(shared, "the model's key", model_key_setting(config), &shared->llm_secret,
                        &shared->llm_tokens, err);
    return r;
}

int shared_open(struct shared *out, const struct config *config, struct err *err)
{
    char host[64] = "host";
    struct queue_options queue = kafka_options(config, "plumb-work");

    *out = (struct shared){.config = config};
    (void)gethostname(host, sizeof host - 1);
    snprintf(out->worker_id, sizeof out->worker_id, "%s:%ld", host, (long)getpid());
    decide_dry_run(out);
    int r = make_directories(out, err);
    if (r == 0)
        r = rules_load(&out->rules, config->rules_path, err);
    if (r == 0)
        r = policy_load(&out->policy, config->policy_file, err);
    if (r == 0)
        r = state_cache_new(&out->states, "plumbline/" PLUMB_VERSION, err);
    if (r == 0)
        r = git_start(err);
    if (r == 0)
        r = queue_producer_new(&out->producer, &queue, err);
    if (r == 0)
        r = open_limits(out, err);
    if (r == 0)
        r = open_secrets(out, err);
    if (r == 0)
        r = plan_leave_open(&out->plan_leave, config, err);
    pool_set_max(config->terraform_runs_max);
    if (r == 0)
        r = lease_keeper_start(&out->leases, config->redis_url, config->redis_ca_file,
                               config->lease_ms, err);
    if (r < 0)
        shared_close(out);
    return r;
}

void shared_close(struct shared *shared)
{
    lease_keeper_stop(shared->leases);
    github_floor_free(shared->github_floor);
    retry_budget_free(shared->retries);
    alone_free(shared->alone);
    plan_leave_free(shared->plan_leave);
    github_app_free(shared->github_app);
    secret_free(shared->github_secret);
    secret_free(shared->llm_secret);
    aws_chain_free(shared->aws);
    http_hosts_free(shared->hosts);
    queue_producer_free(shared->producer);
    state_cache_free(shared->states);
    policy_free(shared->policy);
    rules_free(shared->rules);
    git_end();
    scratch_close(&shared->scratch);
    *shared = (struct shared){0};
}

bool services_should_stop(void *context)
{
    const struct services *services = context;

    return stop_requested() || (services->lease != NULL && !lease_holds(services->lease));
}

static int open_forge(struct services *services, struct err *err)
{
    const struct config *config = services->shared->config;
    char data[1024], repositories[1024], pulls[1200];

    if (environment_is_github(config)) {
        struct forge_github_options options = {
            .http = services->http,
            .redis = services->redis,
            .floor = services->shared->github_floor,
            .api_url = config->github_api_url,
            .git_url = config->github_url,
            .tokens = config->github_token[0] != '\0' || config->github_app_id[0] != '\0'
                          ? &services->shared->github_tokens
                          : NULL,
            .scope =
                config->github_app_id[0] != '\0' ? config->github_app_id : config->github_token,
        };
        return forge_github_new(&services->forge, &options, err);
    }
    if (config->local_forge_dir[0] == '\0')
        return err_set(
            err, ERR_FATAL,
            "LOCAL_FORGE_DIR is not set, and ENVIRONMENT=%s does not use GitHub: set it, "
            "or ENVIRONMENT=production",
            config->environment);
    /* Pull requests are linked by file:// URLs, and git wants remotes by whole paths. */
    int r = files_absolute(config->data_dir, data, sizeof data, err);
    if (r == 0)
        r = files_absolute(config->local_forge_dir, repositories, sizeof repositories, err);
    if (r < 0)
        return r;
    snprintf(pulls, sizeof pulls, "%s/pulls", data);
    return forge_local_new(&services->forge, repositories, pulls, err);
}

int services_open(struct services *out, struct shared *shared, struct err *err)
{
    const struct config *config = shared->config;
    struct redis_options redis = {.url = config->redis_url, .ca_file = config->redis_ca_file};
    struct http_options http = {
        .user_agent = "plumbline/" PLUMB_VERSION,
        .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL,
        .proxy = config->https_proxy[0] != '\0' ? config->https_proxy : NULL,
        .timeout_ms = config->git_timeout_seconds * 1000,
        .allow_private = config->allow_private_hosts,
        .should_stop = services_should_stop,
        .stop_context = out,
        .hosts = shared->hosts,
    };

    *out = (struct services){.shared = shared};
    int r = redis_new(&out->redis, &redis, err);
    if (r == 0)
        r = claim_store_new(&out->claims, out->redis, err);
    if (r == 0)
        r = http_new(&out->http, &http, err);
    if (r == 0)
        r = open_forge(out, err);
    if (r == 0)
        r = model_open(out, err);
    if (r < 0)
        services_close(out);
    return r;
}

void services_close(struct services *services)
{
    llm_free(services->llm);
    forge_free(services->forge);
    http_free(services->http);
    claim_store_free(services->claims);
    redis_free(services->redis);
    *services = (struct services){0};
}
