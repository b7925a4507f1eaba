/* One run from its seed to its verdict. */
#include <stdarg.h>
#include <stdio.h>

#include "common/config.h"
#include "tests/sim/invariants.h"
#include "tests/sim/kafka.h"
#include "tests/sim/outside.h"
#include "tests/sim/redis_model.h"
#include "worker/policy.h"
#include "worker/worker.h"

#define STEPS_MAX 400000

struct sim_options sim;
struct worker workers[WORKERS_MAX];
struct policy *sim_policy;

static char verdict[400];

bool nature_is_over(void);

/* Scaled down: a second's lease stands for a minute's. */
static const char *setting(void *context, const char *name)
{
    static const char *const settings[][2] = {
        {"ENVIRONMENT", "development"},
        {"GITHUB_REMEDIATION_ENABLED", "true"},
        {"LOCAL_FORGE_DIR", "/nowhere"},
        {"KAFKA_BOOTSTRAP_SERVERS", "model:9092"},
        {"KAFKA_SESSION_TIMEOUT_MS", "6000"},
        {"MAX_CONCURRENT_WORKERS", "2"},
        {"WORKER_LEASE_MS", "1000"},
        {"RETRY_TIERS_SECONDS", "1,2,3,4"},
        {"MAX_PR_PER_RUN", "0"},
        {"SOURCES", ""},
    };

    (void)context;
    for (size_t i = 0; i < COUNT(settings); i++)
        if (str_eq(settings[i][0], name))
            return settings[i][1];
    return NULL;
}

const struct config *sim_config(void)
{
    static struct config config;
    static bool loaded;
    struct err err;

    if (!loaded &&
        (config_load(&config, setting, NULL, &err) < 0 || policy_load(&sim_policy, "", &err) < 0)) {
        fprintf(stderr, "sim: %s\n", err.text);
        abort();
    }
    loaded = true;
    return &config;
}

void violation(const char *format, ...)
{
    va_list args;

    if (verdict[0] != '\0')
        return;
    va_start(args, format);
    vsnprintf(verdict, sizeof verdict, format, args);
    va_end(args);
    trace("VIOLATION %s", verdict);
}

bool has_violation(void)
{
    return verdict[0] != '\0';
}

const char *world_verdict(void)
{
    return verdict;
}

/* --- workers --- */

static void *run_worker(void *context)
{
    struct worker *worker = context;
    struct err err = {0};
    int r = worker_run(sim_config(), &err);

    trace("worker  ends %s%s", r < 0 ? "with " : "well", r < 0 ? err.text : "");
    if (r < 0 && !worker->dead)
        violation("a worker gave up: %s", err.text);
    worker->ended = true;
    return NULL;
}

void worker_start(int slot)
{
    struct worker *worker = &workers[slot];
    int life = worker->life + 1;

    *worker = (struct worker){
        .slot = slot, .life = life, .used = true, .wall_ahead_ms = nature_wall_ahead_ms()};
    snprintf(worker->name, sizeof worker->name, "w%d.%d", slot + 1, life % 1000);
    trace("nature  starts %s", worker->name);
    (void)task_spawn(worker, "main", run_worker, worker);
}

void worker_kill(struct worker *worker, const char *why)
{
    trace("nature  kills %s: %s", worker->name, why);
    worker->dead = true;
}

static bool is_empty(void)
{
    for (int i = 0; i < WORKERS_MAX; i++)
        if (workers[i].tasks > 0)
            return false;
    return true;
}

bool world_run(const struct sim_options *options)
{
    sim = *options;
    verdict[0] = '\0';
    memset(workers, 0, sizeof workers);
    (void)sim_config();
    tasks_begin(options->seed);
    redis_begin();
    kafka_begin();
    group_begin();
    outside_begin();
    invariants_begin();
    nature_begin();
    if (!tasks_run(nature_is_over, STEPS_MAX))
        violation("not over after %d steps", STEPS_MAX);
    for (int i = 0; i < WORKERS_MAX; i++)
        workers[i].dead = true;
    if (!tasks_run(is_empty, STEPS_MAX))
        violation("killed workers do not end");
    tasks_end();
    kafka_end();
    redis_end();
    return !has_violation();
}
