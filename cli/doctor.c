/* plumb doctor: each dependency, reachable or not, and what to do. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/local_parts.h"
#include "common/files.h"
#include "common/http/http.h"
#include "common/kafka/kafka_options.h"
#include "common/redis/claim_store.h"
#include "common/redis/redis.h"
#include "common/text/redact.h"
#include "version.h"
#include "worker/policy.h"
#include "worker/rules/rules.h"
#include "worker/services.h"

#define PATIENCE_MS 3000

enum finding { FINE, PROBLEM, NOTE };

#define GONE                                                                                       \
    "the plumb up that wrote the file parts in DATA_DIR is gone: start it again, or remove the "   \
    "file"

static int problems;
static bool joined_redis, joined_kafka; /* a plumb up's, not the settings' */

static void say(enum finding finding, const char *what, const char *detail, const char *advice)
{
    static const char *const words[] = {"ok", "PROBLEM", "note"};
    struct err clean = {0};

    (void)str_copy(clean.text, sizeof clean.text, detail);
    redact_err(&clean);
    printf("%-8s %-12s %s\n", words[finding], what, clean.text);
    if (finding != FINE && advice != NULL)
        printf("%-21s -> %s\n", "", advice);
    problems += finding == PROBLEM;
}

static void look_at_files(const struct config *config)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(policy_freep) struct policy *policy = NULL;
    struct err err;
    char text[64];

    if (rules_load(&rules, config->rules_path, &err) < 0)
        say(PROBLEM, "rules", err.text, "mend the pack, or PLUMB_RULES_PATH");
    else {
        snprintf(text, sizeof text, "%zu rules", rules_count(rules));
        say(FINE, "rules", text, NULL);
    }
    if (policy_load(&policy, config->policy_file, &err) < 0)
        say(PROBLEM, "policy", err.text, "mend the file, or POLICY_FILE");
    else
        say(FINE, "policy", config->policy_file[0] != '\0' ? config->policy_file : "no POLICY_FILE",
            NULL);
    if (files_make_directory(config->data_dir, &err) < 0 || access(config->data_dir, W_OK) != 0)
        say(PROBLEM, "data", config->data_dir,
            "DATA_DIR must be a directory that this user may write");
    else
        say(FINE, "data", config->data_dir, NULL);
}

/* As the other commands do: they speak to the parts of a running plumb up. */
static void look_for_up(struct config *config)
{
    CLEANUP(mem_freep) char *redis = strdup(config->redis_url);
    CLEANUP(mem_freep) char *kafka = strdup(config->kafka_brokers);
    char text[300];
    struct err err;

    if (local_parts_join(config, &err) < 0) {
        say(PROBLEM, "plumb up", err.text, NULL);
        return;
    }
    joined_redis = redis != NULL && !str_eq(redis, config->redis_url);
    joined_kafka = kafka != NULL && !str_eq(kafka, config->kafka_brokers);
    if (!joined_redis && !joined_kafka)
        return;
    snprintf(text, sizeof text, "%s named in %.200s/parts",
             !joined_redis   ? "its Kafka is"
             : !joined_kafka ? "its Redis is"
                             : "its Kafka and Redis are",
             config->data_dir);
    say(NOTE, "plumb up", text, NULL);
}

static void look_at_redis(const struct config *config)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct redis_options options = {
        .url = config->redis_url, .ca_file = config->redis_ca_file, .timeout_ms = PATIENCE_MS};
    struct err err;
    int r = redis_new(&redis, &options, &err);

    if (r == 0)
        r = claim_store_new(&store, redis, &err);
    if (r == 0)
        r = redis_ping(redis, &err);
    if (r < 0) {
        say(PROBLEM, "redis", err.text,
            joined_redis ? GONE : "start Redis, or set REDIS_URL; `plumb up` brings its own");
        return;
    }
    if (claim_store_check(store, &err) < 0)
        say(PROBLEM, "redis", err.text,
            "set maxmemory-policy noeviction: an evicted claim is a lost item");
    else
        say(FINE, "redis", "answers, noeviction", NULL);
}

static void look_at_kafka(const struct config *config)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = NULL;
    struct queue_options options = kafka_options(config, "plumb-doctor");
    struct err err;
    int r = queue_producer_new(&producer, &options, &err);

    if (r == 0)
        r = queue_producer_ping(producer, PATIENCE_MS, &err);
    if (r < 0)
        say(PROBLEM, "kafka", err.text,
            joined_kafka
                ? GONE
                : "start Kafka, or set KAFKA_BOOTSTRAP_SERVERS; `plumb up` brings its own");
    else
        say(FINE, "kafka", config->kafka_brokers, NULL);
}

static int get(const struct config *config, const char *url, const char *token, struct err *err)
{
    CLEANUP(http_freep) struct http *http = NULL;
    struct http_options options = {.user_agent = "plumbline/" PLUMB_VERSION,
                                   .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL,
                                   .proxy =
                                       config->https_proxy[0] != '\0' ? config->https_proxy : NULL,
                                   .timeout_ms = PATIENCE_MS,
                                   .allow_private = config->allow_private_hosts};
    char authorization[4096];
    struct http_header headers[] = {{"Accept", "application/json"},
                                    {"Authorization", authorization}};
    struct http_request request = {
        .method = "GET", .url = url, .headers = headers, .n_headers = 1, .max_attempts = 1};
    struct http_response response;
    int r = http_new(&http, &options, err);

    if (r < 0)
        return r;
    if (token[0] != '\0') {
        snprintf(authorization, sizeof authorization, "Bearer %s", token);
        request.n_headers = 2;
    }
    r = http_send(http, &request, &response, err);
    int status = response.status;
    http_response_done(&response);
    return r < 0 ? r : status;
}

static void look_at_forge(const struct config *config)
{
    struct stat info;
    struct err err;
    char url[2048], text[600];

    if (environment_is_local(config)) {
        bool there = stat(config->local_forge_dir, &info) == 0 && S_ISDIR(info.st_mode);
        say(there ? FINE : PROBLEM, "local forge",
            config->local_forge_dir[0] != '\0' ? config->local_forge_dir
                                               : "LOCAL_FORGE_DIR is not set",
            "LOCAL_FORGE_DIR must hold bare repositories as owner/name.git; ENVIRONMENT=production "
            "uses GitHub");
        return;
    }
    if (!environment_is_github(config)) {
        say(NOTE, "forge", "this ENVIRONMENT opens no pull requests",
            "use production, development or staging");
        return;
    }
    if (config->github_token[0] == '\0')
        say(PROBLEM, "github", "No GitHub token available",
            "set GITHUB_TOKEN, DRIFT_REMEDIATION_TOKEN or GITHUB_TOKEN_FILE");
    snprintf(url, sizeof url, "%.1000s/rate_limit", config->github_api_url);
    int r = get(config, url, config->github_token, &err);
    if (r == 200) {
        say(FINE, "github", config->github_api_url, NULL);
        return;
    }
    if (r >= 0)
        snprintf(text, sizeof text, "%.400s answered %d", config->github_api_url, r);
    else
        (void)str_copy(text, sizeof text, err.text);
    say(PROBLEM, "github", text,
        r == 401 ? "the token is not accepted: make a new one with contents and pull requests write"
                 : "check GITHUB_API_URL, CA_FILE and HTTPS_PROXY");
}

static void look_at_vanta(const struct config *config)
{
    bool wanted = strstr(config->sources, "vanta") != NULL;
    bool has_token = config->vanta_api_token[0] != '\0' ||
                     (config->vanta_client_id[0] != '\0' && config->vanta_client_secret[0] != '\0');

    if (!wanted)
        say(NOTE, "vanta", "not among SOURCES", NULL);
    else if (!has_token)
        say(PROBLEM, "vanta", "no credentials",
            "set VANTA_CLIENT_ID and VANTA_CLIENT_SECRET, or VANTA_API_TOKEN; or take vanta out of "
            "SOURCES");
    else
        say(FINE, "vanta",
            "credentials are set (not tried: a new token would revoke the running one)", NULL);
}

static void look_at_terraform(const struct config *config)
{
    char path[4096];
    const char *rest = getenv("PATH");
    bool found = config->terraform_binary[0] == '/' && access(config->terraform_binary, X_OK) == 0;

    while (!found && config->terraform_binary[0] != '\0' && rest != NULL && *rest != '\0') {
        size_t len = strcspn(rest, ":");
        snprintf(path, sizeof path, "%.*s/%s", (int)len, rest, config->terraform_binary);
        found = access(path, X_OK) == 0;
        rest += len + (rest[len] == ':');
    }
    say(found ? FINE : NOTE, "terraform", found ? "found" : "not found",
        "the gate's fmt and validate layers will say \"not run\"; install terraform or set "
        "TERRAFORM_BINARY");
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG)
        argp_error(state, "unexpected argument \"%s\"", argument);
    return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

static int run(int argc, char **argv)
{
    struct argp argp = {.parser = parse_option,
                        .doc =
                            "Looks at every dependency with the present settings and says what to "
                            "do about those that "
                            "fail. Exit 1 when one that is needed does.\vExample:\n  plumb doctor"};
    CLEANUP(config_done) struct config config = {0};

    command_parse(&argp, argc, argv, NULL);
    if (!command_config(&config))
        return EXIT_BAD_USE;
    log_open("doctor", LOG_LEVEL_ERROR);
    look_at_files(&config);
    look_for_up(&config);
    look_at_redis(&config);
    look_at_kafka(&config);
    look_at_forge(&config);
    look_at_vanta(&config);
    look_at_terraform(&config);
    return problems > 0 ? EXIT_FOUND : EXIT_DONE;
}

const struct command command_doctor = {"doctor", "look at every dependency", run, false};
