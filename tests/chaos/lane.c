/* A lane's life, its items and its end; roles stand in lane_role.c, the story in lane.h. */
#include "tests/chaos/lane.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "common/redis/redis.h"
#include "producer/publish.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/chaos/facts.h"
#include "tests/support/redis_server.h"
#include "worker/rules/rules.h"

#define HELD_MS 60000

void lane_set(struct lane *lane, const char *name, const char *value)
{
    size_t len = strlen(name), at = 0;

    while (at < lane->n_env &&
           !(strncmp(lane->env[at], name, len) == 0 && lane->env[at][len] == '='))
        at++;
    if (at < lane->n_env) {
        free(lane->env[at]);
        lane->env[at] = lane->env[--lane->n_env];
    }
    if (value != NULL && lane->n_env < LANE_ENV_MAX - 1 &&
        asprintf(&lane->env[lane->n_env], "%s=%s", name, value) > 0)
        lane->n_env++;
}

static void set_environment(struct lane *lane)
{
    static const char *const kept[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"};
    static const char *const fixed[][2] = {
        {"GITHUB_REMEDIATION_ENABLED", "true"},
        {"MAX_PR_PER_RUN", "0"},
        {"MAX_CONCURRENT_WORKERS", "2"},
        {"RETRY_TIERS_SECONDS", "1,2,3,4"},
        {"WORKER_LEASE_MS", "1000"},
        {"KAFKA_FETCH_WAIT_MS", "20"},
        {"KAFKA_SESSION_TIMEOUT_MS", "4000"},
        {"KAFKA_PARTITIONS", "1"},
        {"ALLOW_PRIVATE_HOSTS", "true"},
        {"TERRAFORM_BINARY", ""},
        {"POLL_INTERVAL_SECONDS", "1"},
        {"GITHUB_TOKEN", LANE_TOKEN},
        {"VANTA_CLIENT_SECRET", LANE_CANARY "-vanta"},
    };
    char path[300];

    for (size_t i = 0; i < COUNT(kept); i++)
        lane_set(lane, kept[i], getenv(kept[i]));
    for (size_t i = 0; i < COUNT(fixed); i++)
        lane_set(lane, fixed[i][0], fixed[i][1]);
    lane_set(lane, "ENVIRONMENT", lane->github.pid > 0 ? "production" : "development");
    snprintf(path, sizeof path, "http://127.0.0.1:%d", lane->github.port);
    lane_set(lane, "GITHUB_API_URL", path);
    lane_set(lane, "GITHUB_URL", path);
    lane_set(lane, "HOME", lane->dir);
    snprintf(path, sizeof path, "%s/data", lane->dir);
    lane_set(lane, "DATA_DIR", path);
    snprintf(path, sizeof path, "%s/repositories", lane->dir);
    lane_set(lane, "LOCAL_FORGE_DIR", path);
    lane_set(lane, "KAFKA_BOOTSTRAP_SERVERS", lane->brokers);
    lane_set(lane, "KAFKA_CONSUMER_GROUP", lane->group_name);
    lane_set(lane, "PLUMB_TOPIC_PREFIX", lane->prefix);
    lane_set(lane, "REDIS_URL", lane->redis_url);
}

static int open_groups(struct lane *lane, struct err *err)
{
    char names[TOPIC_COUNT][128], sink_name[96];
    const char *topics[TOPIC_COUNT];
    const char *audit = NULL;
    size_t n = 0;

    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        const char *topic = topics_all[i] != NULL ? topics_all[i] : "";
        snprintf(names[i], sizeof names[i], "%s%s", lane->prefix, topic);
        if (str_eq(topic, TOPIC_AUDIT))
            audit = names[i];
        else if (!str_eq(topic, TOPIC_DLQ))
            topics[n++] = names[i];
    }
    snprintf(sink_name, sizeof sink_name, "%s-sink", lane->group_name);
    int r = group_open(&lane->group, lane->brokers, lane->group_name, topics, n, err);
    return r < 0 ? r : group_open(&lane->sink_group, lane->brokers, sink_name, &audit, 1, err);
}

/* What cases copy: buckets without versioning. */
static int make_template(struct lane *lane, int buckets, struct err *err)
{
    char command[1200];

    snprintf(command, sizeof command,
             "set -e; mkdir -p '%s/template' '%s/repositories/chaos' && cd '%s/template' && "
             "for i in $(seq %d); do printf 'resource \"aws_s3_bucket\" \"b%%s\" {\\n  bucket = "
             "\"b%%s\"\\n}\\n' $i $i; done >main.tf && export HOME=/nonexistent "
             "GIT_CONFIG_NOSYSTEM=1 && git init -q -b main . && git add . && "
             "git -c user.name=t -c user.email=t@t commit -q -m start && "
             "git clone -q --bare . ../template.git && rm -r ../template.git/hooks",
             lane->dir, lane->dir, lane->dir, buckets);
    return system(command) == 0 ? 0 : err_set(err, ERR_FATAL, "git made no repository");
}

int lane_program(const char *dir, char *out, size_t size, struct err *err)
{
    const char *bin = getenv("PLUMB_BIN_DIR");
    char command[1200];

    snprintf(out, size, "%s/plumb", dir);
    snprintf(command, sizeof command, "cp '%s/plumb' '%s'", bin != NULL ? bin : "build/dev", out);
    return system(command) == 0 ? 0 : err_set(err, ERR_FATAL, "no copy of plumb in %s", dir);
}

int lane_open(struct lane *lane, const struct lane_place *place, int number, int database,
              struct err *err)
{
    *lane = (struct lane){.number = number};
    snprintf(lane->dir, sizeof lane->dir, "%s/lane-%d", place->dir, number);
    snprintf(lane->prefix, sizeof lane->prefix, "chaos-%d-%d.", (int)getppid(), number);
    snprintf(lane->group_name, sizeof lane->group_name, "chaos-%d-%d", (int)getppid(), number);
    snprintf(lane->redis_url, sizeof lane->redis_url, "%s?db=%d", place->redis_url, database);
    (void)str_copy(lane->brokers, sizeof lane->brokers, place->brokers);
    setenv("PLUMB_TOPIC_PREFIX", lane->prefix, 1); /* our own door sends to the lane's topics */
    (void)str_copy(lane->plumb, sizeof lane->plumb, place->plumb);

    struct queue_options queue = {.brokers = lane->brokers, .client_id = "chaos"};
    struct redis_options redis = {.url = lane->redis_url, .timeout_ms = 30000};
    int r = files_make_directory(lane->dir, err);
    if (r == 0)
        r = make_template(lane, place->buckets, err);
    if (r == 0 && place->github)
        r = lane_start_github(lane, err);
    set_environment(lane);
    for (const struct lane_setting *s = place->settings; s != NULL && s->name != NULL; s++)
        lane_set(lane, s->name, s->value);
    if (r == 0)
        r = rules_load(&lane->rules, NULL, err);
    if (r == 0)
        r = redis_new(&lane->redis, &redis, err);
    if (r == 0)
        r = queue_producer_new(&lane->producer, &queue, err);
    if (r == 0)
        r = queue_ensure_topics(lane->producer, topics_all, TOPIC_COUNT, place->partitions, 1, err);
    if (r == 0)
        r = open_groups(lane, err);
    if (r < 0)
        return r;
    (void)redis_do(lane->redis, "FLUSHDB");
    return lane_start(lane, "sink", NULL, &lane->sink, err);
}

void lane_close(struct lane *lane, bool keep)
{
    struct lane_role *roles[] = {&lane->worker, &lane->sink, &lane->github};

    for (size_t i = 0; i < COUNT(roles); i++) {
        if (roles[i]->pid <= 0)
            continue;
        (void)kill(roles[i]->pid, SIGKILL);
        (void)waitpid(roles[i]->pid, NULL, 0);
    }
    group_close(lane->group);
    group_close(lane->sink_group);
    queue_producer_free(lane->producer);
    redis_free(lane->redis);
    rules_free(lane->rules);
    if (!keep)
        files_remove_tree(lane->dir);
    for (size_t i = 0; i < lane->n_env; i++)
        free(lane->env[i]);
}

/* --- items --- */

int lane_repository(const struct lane *lane, const char *name, struct err *err)
{
    char command[900];

    snprintf(command, sizeof command, "cp -r '%s/template.git' '%s/repositories/%s.git'", lane->dir,
             lane->dir, name);
    return system(command) == 0 ? 0 : err_set(err, ERR_FATAL, "no repository %s", name);
}

int lane_finding(struct lane *lane, const char *repository, int n, bool expect, char *out,
                 size_t size, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(item_freep) struct item *item = NULL;

    snprintf(out, size,
             "{\"tenant\":\"default\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\","
             "\"repository\":\"%s\",\"address\":\"aws_s3_bucket.b%d\",\"file\":\"main.tf\","
             "\"detected_unix_ms\":1768480245000}",
             repository, n);
    int r = json_parse(&json, out, strlen(out), err);
    if (r == 0)
        r = item_from_json(&item, json, ITEM_FINDING, err);
    if (r == 0 && expect) {
        assert(lane->n_expected < LANE_ITEMS_MAX);
        facts_fingerprint(lane->rules, item, lane->expected[lane->n_expected++]);
    }
    return r;
}

int lane_send(struct lane *lane, const char *line, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(item_freep) struct item *item = NULL;
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    int r = json_parse(&json, line, strlen(line), err);

    if (r == 0)
        r = item_from_json(&item, json, ITEM_FINDING, err);
    if (r == 0)
        r = queue_batch_new(&batch, err);
    if (r == 0)
        r = publish_item(lane->producer, batch, item, clock_unix_ms(), err);
    return r < 0 ? r : queue_batch_wait(lane->producer, batch, err);
}

int lane_send_raw(struct lane *lane, const char *topic, const char *bytes, struct err *err)
{
    const struct queue_message message = {
        .topic = topic, .value = bytes, .value_len = strlen(bytes), .key = "k", .key_len = 1};

    return queue_send_wait(lane->producer, &message, err);
}

/* --- ends --- */

static char *ask_state(struct lane *lane, size_t item)
{
    char words[160];

    snprintf(words, sizeof words, "HGET plumb:item:%s state", lane->expected[item]);
    return redis_ask(lane->redis, words);
}

static bool have_ended(struct lane *lane)
{
    for (size_t i = 0; i < lane->n_expected; i++) {
        CLEANUP(mem_freep) char *state = ask_state(lane, i);
        if (state[0] == '\0' || str_eq(state, "CLAIMED") || str_eq(state, "FREE"))
            return false;
    }
    return true;
}

static int64_t ask_number(struct lane *lane, size_t item, const char *field)
{
    char words[200];

    snprintf(words, sizeof words, "HGET plumb:item:%s %s", lane->expected[item], field);
    return redis_do(lane->redis, words);
}

static void set_lease(struct lane *lane, size_t item, int64_t until_ms)
{
    char words[200];

    snprintf(words, sizeof words, "HSET plumb:item:%s lease_until %lld", lane->expected[item],
             (long long)until_ms);
    (void)redis_do(lane->redis, words);
}

int lane_hold_claims(struct lane *lane)
{
    int n = 0;

    lane->held_until_ms = clock_unix_ms() + HELD_MS;
    for (size_t i = 0; i < lane->n_expected; i++)
        if (ask_number(lane, i, "lease_until") > 0) {
            set_lease(lane, i, lane->held_until_ms);
            n++;
        }
    return n;
}

void lane_let_claims_run_out(struct lane *lane)
{
    for (size_t i = 0; i < lane->n_expected; i++)
        if (ask_number(lane, i, "lease_until") == lane->held_until_ms)
            set_lease(lane, i, 0);
}

static int check_alive(const struct lane_role *role, struct err *err)
{
    int status;

    if (role->pid > 0 && waitpid(role->pid, &status, WNOHANG) == role->pid)
        return err_set(err, ERR_REJECT, "%s-%d ended by itself with status %#x", role->name,
                       role->number, (unsigned)status);
    return 0;
}

int lane_wait_rest(struct lane *lane, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + LANE_WAIT_MS;

    for (;;) {
        bool ended = have_ended(lane);
        if (ended && group_is_at_rest(lane->group) && group_is_at_rest(lane->sink_group))
            break;
        int r = check_alive(&lane->worker, err);
        if (r == 0)
            r = check_alive(&lane->sink, err);
        if (r < 0)
            return r;
        if (clock_mono_ms() > until_ms)
            return err_set(err, ERR_REJECT, "%s within %d s",
                           ended ? "not all offsets were committed" : "not all items ended",
                           LANE_WAIT_MS / 1000);
        (void)poll(NULL, 0, ended ? 100 : 40);
    }
    return 0;
}

int lane_check_ends(struct lane *lane, bool hopeless, struct err *err)
{
    for (size_t i = 0; i < lane->n_expected; i++) {
        CLEANUP(mem_freep) char *state = ask_state(lane, i);
        if (hopeless ? !str_eq(state, "DLQ")
                     : !str_eq(state, "PR_OPEN") && !str_eq(state, "ADOPTED"))
            return err_set(err, ERR_REJECT, "item %.12s ended %s", lane->expected[i], state);
    }
    return 0;
}

int lane_check_uncharged(struct lane *lane, struct err *err)
{
    for (size_t i = 0; i < lane->n_expected; i++) {
        int64_t attempts = ask_number(lane, i, "attempts");
        int64_t crashes = ask_number(lane, i, "crashes");
        if (attempts > 0 || crashes > 0)
            return err_set(err, ERR_REJECT, "item %.12s was charged %lld attempts, %lld crashes",
                           lane->expected[i], (long long)attempts, (long long)crashes);
    }
    return 0;
}

int lane_judge(struct lane *lane, enum judge_moment moment, struct err *err)
{
    struct facts_source source = {.brokers = lane->brokers,
                                  .group = lane->group_name,
                                  .topic_prefix = lane->prefix,
                                  .redis_url = lane->redis_url,
                                  .dir = lane->dir,
                                  .canaries = {LANE_CANARY},
                                  .redis_losses = lane->redis_losses,
                                  .lost_at_ms = lane->lost_at_ms,
                                  .held_up = lane->held_up};
    CLEANUP(json_freep) struct json *facts = NULL;
    char *words = NULL, path[300];
    size_t len = 0;
    int r = 0;

    snprintf(path, sizeof path, "%s/github.json", lane->dir);
    if (lane->github.pid > 0) {
        source.github_file = path;
        r = lane_github_state(lane, path, err);
    }
    if (r == 0)
        r = facts_collect(&source, &facts, err);

    if (r < 0)
        return r;
    FILE *out = open_memstream(&words, &len);
    int violations = judge(facts, moment, out);
    fclose(out);
    if (violations > 0 || lane->talkative)
        printf("%s", words);
    free(words);
    return violations > 0 ? err_set(err, ERR_REJECT, "%d violations", violations) : 0;
}

void lane_show_logs(const struct lane *lane)
{
    char command[400];

    fflush(stdout);
    snprintf(command, sizeof command,
             "cd '%s' && for log in $(ls -t ./*.log | head -n 4); do echo \"--- $log\"; "
             "tail -n 15 \"$log\" | cut -c 1-300; done",
             lane->dir);
    if (system(command) != 0)
        fprintf(stderr, "no logs in %s\n", lane->dir);
}
