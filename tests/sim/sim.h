/*
 * Simulation: the worker itself, run deterministically inside a small world that goes wrong.
 *
 * What is real: worker_run() and all below it: the poll loop, item threads, the lease keeper, every
 * step, outlet, audit, the claim store with its Lua scripts (run by Lua 5.1, as in Redis), the
 * queue's consumer, producer and offset tracker. What is a model, put in its place by the linker:
 * threads and clock (threads.c), librdkafka (kafka_*.c), the Redis server (redis_*.c), git and the
 * forge (git_model.c, forge_model.c), a process' stop and services (process.c). Items are drift
 * events: their way needs no Terraform, so all of its steps are the real ones; a finding's own
 * steps between fetch and check have no effect outside and are not run here.
 *
 *     one seed -> world_run() -> a verdict; the same seed gives the same run, step for step
 *
 * Every call through a door is a scheduling point before and after its effect, and nature.c may
 * there let a call fail, lose its answer or be slow, kill, freeze or stop a worker, empty Redis,
 * take it back to an earlier state, move its clock, stop the broker, forget commits, set a worker's
 * time of day wrong, spend its retries, close, merge, push and replay as people do. invariants.c
 * looks on.
 *
 * A killed worker: from then on its doors do nothing and fail, and its tasks run out, which frees
 * their memory as a kill would.
 *
 * Threads: none. State: one world at a time, in statics.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "common/base.h"
#include "common/digest.h"

/* --- options --- */

enum variant { /* a worker broken on purpose, in wrappers and models only: variants.c */
               VARIANT_NONE,
               VARIANT_UNIQUE_BRANCH,
               VARIANT_BRANCH_IS_DONE,
               VARIANT_IN_PROGRESS_IS_DONE,
               VARIANT_NO_REEMIT,
               VARIANT_COMMIT_FIRST,
               VARIANT_NO_EXPIRY,
               VARIANT_NO_FENCE,
               VARIANT_COMMIT_READ,
               VARIANT_MAP_READ,
               VARIANT_NO_LOCK,
               VARIANT_REOPEN_ALL,
               VARIANT_BESIDE,
               VARIANT_LOOK_BACK,
               VARIANT_COUNT,
};
extern const char *const variant_names[VARIANT_COUNT];
extern const char *const variant_stories[VARIANT_COUNT];

struct sim_options {
    uint64_t seed;
    enum variant variant;
    bool trace; /* every step as a line on stdout */
};
extern struct sim_options sim;

/* --- tasks, time and dice: task.c, threads.c --- */

struct worker { /* one process; a restart is a new one */
    int slot;
    int life; /* 1 for the slot's first */
    bool used, dead, stopping;
    bool ended; /* worker_run came back */
    int64_t frozen_until_ms;
    int64_t stopped_at_ms;
    int64_t wall_ahead_ms; /* its wall clock; below 0: it is behind */
    int tasks;             /* that run */
    int walks;             /* under way */
    bool has_alone;        /* one of them is to be the only one */
    char name[32];
};

typedef void *(*task_fn)(void *context);

void tasks_begin(uint64_t seed);
/* Runs until over says so; false when it did not within steps_max. */
bool tasks_run(bool (*over)(void), size_t steps_max);
void tasks_end(void);
size_t task_steps(void);

void task_end(void) __attribute__((noreturn)); /* of the running task */
int task_spawn(struct worker *worker, const char *name, task_fn fn, void *context);
struct worker *task_worker(void); /* of the running task; NULL: nature's */
bool task_is_dead(void);          /* its worker was killed: no effect may follow */
void task_sleep(int64_t ms);
void task_yield(void);
/* Until task_wake(object), until_ms, or the worker's death. */
void task_wait(const void *object, int64_t until_ms);
void task_wake(const void *object);

void task_will_be_joined(int task);
void task_join(int task, void **out);

int64_t sim_now_ms(void);
uint32_t dice(uint32_t n); /* 0 … n - 1 */
bool chance(uint32_t per_mille);
void trace(const char *format, ...) PRINTF_LIKE(1, 2);

/* --- doors: nature.c --- */

enum door { DOOR_REDIS, DOOR_PRODUCE, DOOR_GROUP, DOOR_GIT, DOOR_FORGE, DOOR_COUNT };
enum fate { FATE_DONE, FATE_FAILS, FATE_ANSWER_LOST, FATE_DEAD };

/* Before the effect: waits as long as the call takes to arrive. FATE_FAILS, FATE_DEAD: no effect.
 */
enum fate door_arrives(enum door door);
/* After the effect: waits for the answer. FATE_DEAD when the caller died meanwhile. */
enum fate door_answers(enum door door, enum fate fate);
bool redis_is_up(void);
bool broker_is_up(void);

/* --- the world: world.c, nature.c --- */

bool world_run(const struct sim_options *options); /* false: see world_verdict */
const char *world_verdict(void);
void violation(const char *format, ...) PRINTF_LIKE(1, 2); /* the first one counts */
bool has_violation(void);

#define WORKERS_MAX 3
extern struct worker workers[WORKERS_MAX];
void worker_start(int slot);
void worker_kill(struct worker *worker, const char *why);
struct config;
const struct config *sim_config(void);
extern struct policy *sim_policy;

void nature_begin(void);
bool nature_is_calm(void); /* no fault comes any more */
int64_t nature_calm_for_ms(void);
size_t nature_faults(void);
void nature_at_point(const char *name); /* a fault point is passed */
int64_t nature_wall_ahead_ms(void);     /* of a worker that starts */
uint32_t nature_retries_spent(void);    /* of each worker's budget, from its start */
bool nature_lies(void);                 /* a step that went well is to say that it did not */

#endif
