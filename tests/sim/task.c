/*
 * Tasks: coroutines in place of threads, virtual time in place of the clock. Exactly one runs at a
 * time, until it waits; which one is next is thrown.
 */
#include <stdarg.h>
#include <stdio.h>

#include "tests/sim/fiber.h"
#include "tests/sim/sim.h"

#define TASKS_MAX      128
#define DEAD_STEPS_MAX 200000

struct task {
    struct fiber fiber; /* its stack is kept for the next task in this place */
    struct worker *worker;
    const char *name;
    task_fn fn;
    void *argument, *result;
    const void *object; /* waited for */
    int64_t until_ms;
    bool used, done;
    bool joined; /* somebody waits for its result */
};

static struct task tasks[TASKS_MAX];
static int n_tasks; /* places ever used in this run */
static int current = -1;
static int64_t now_ms;
static uint64_t dice_state;
static size_t steps;
static size_t dead_steps;
/* --- dice: splitmix64 (public domain) --- */

static uint64_t throw(void)
{
    uint64_t z = (dice_state += 0x9E3779B97F4A7C15ULL);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

uint32_t dice(uint32_t n)
{
    return n < 2 ? 0 : (uint32_t)((throw() >> 32) * n >> 32);
}

bool chance(uint32_t per_mille)
{
    return dice(1000) < per_mille;
}

int64_t sim_now_ms(void)
{
    return now_ms;
}

size_t task_steps(void)
{
    return steps;
}

void trace(const char *format, ...)
{
    const struct worker *worker = task_worker();
    va_list args;

    if (!sim.trace)
        return;
    printf("%7lld  %-5s %-7s ", (long long)now_ms, worker != NULL ? worker->name : "world",
           current >= 0 ? tasks[current].name : "");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* --- switching --- */

static void enter(int i)
{
    current = i;
    fiber_enter(&tasks[i].fiber);
    current = -1;
}

void task_end(void)
{
    struct task *task = &tasks[current];

    task->done = true;
    if (task->worker != NULL)
        task->worker->tasks--;
    task_wake(task);
    fiber_leave(&task->fiber, true);
    abort(); /* nobody enters it again */
}

static void first_step(void)
{
    struct task *task = &tasks[current];

    fiber_arrived();
    task->result = task->fn(task->argument);
    task_end();
}

int task_spawn(struct worker *worker, const char *name, task_fn fn, void *context)
{
    int i = 0;

    while (i < TASKS_MAX && tasks[i].used)
        i++;
    assert(i < TASKS_MAX);
    struct task *task = &tasks[i];
    *task = (struct task){.fiber = task->fiber,
                          .worker = worker,
                          .name = name,
                          .fn = fn,
                          .argument = context,
                          .until_ms = now_ms,
                          .used = true};
    fiber_prepare(&task->fiber, first_step);
    if (worker != NULL)
        worker->tasks++;
    if (i >= n_tasks)
        n_tasks = i + 1;
    return i;
}

struct worker *task_worker(void)
{
    return current >= 0 ? tasks[current].worker : NULL;
}

bool task_is_dead(void)
{
    const struct worker *worker = task_worker();

    return worker != NULL && worker->dead;
}

void task_wait(const void *object, int64_t until_ms)
{
    assert(current >= 0);
    tasks[current].object = object;
    tasks[current].until_ms = until_ms;
    fiber_leave(&tasks[current].fiber, false);
}

void task_wake(const void *object)
{
    for (int i = 0; i < n_tasks; i++)
        if (tasks[i].used && tasks[i].object == object) {
            tasks[i].object = NULL;
            tasks[i].until_ms = now_ms;
        }
}

void task_sleep(int64_t ms)
{
    task_wait(NULL, now_ms + ms);
}

void task_yield(void)
{
    task_sleep(0);
}

/* --- the scheduler --- */

/* When this task may run: INT64_MAX never. */
static int64_t ready_at(const struct task *task)
{
    const struct worker *worker = task->worker;
    int64_t at = task->until_ms;

    if (!task->used || task->done)
        return INT64_MAX;
    if (worker != NULL && worker->frozen_until_ms > at)
        at = worker->frozen_until_ms;
    return at;
}

/* The dead run out before anything else happens. */
static int next_dead(void)
{
    static int last;

    for (int k = 1; k <= n_tasks; k++) {
        int i = (last + k) % n_tasks;
        if (tasks[i].used && !tasks[i].done && tasks[i].worker != NULL && tasks[i].worker->dead)
            return last = i;
    }
    dead_steps = 0;
    return -1;
}

static int next(void)
{
    int64_t soonest = INT64_MAX;
    int ready[TASKS_MAX];
    uint32_t n = 0;

    for (int i = 0; i < n_tasks; i++) {
        int64_t at = ready_at(&tasks[i]);
        if (at <= now_ms)
            ready[n++] = i;
        if (at < soonest)
            soonest = at;
    }
    if (n > 0)
        return ready[dice(n)];
    assert(soonest != INT64_MAX); /* nature always has something to wait for */
    now_ms = soonest;
    return next();
}

bool tasks_run(bool (*over)(void), size_t steps_max)
{
    size_t end = steps + steps_max;

    while (!over()) {
        if (steps++ >= end)
            return false;
        int i = next_dead();
        if (i >= 0 && dead_steps++ > DEAD_STEPS_MAX) {
            violation("a killed worker's task %s never ends", tasks[i].name);
            return false;
        }
        if (i < 0)
            i = next();
        enter(i);
        if (tasks[i].done && !tasks[i].joined)
            tasks[i].used = false;
    }
    return true;
}

void tasks_begin(uint64_t seed)
{
    dice_state = seed * 0xD1342543DE82EF95ULL + 1;
    now_ms = 0;
    steps = 0;
    n_tasks = 0;
    for (int i = 0; i < TASKS_MAX; i++)
        tasks[i].used = false;
}

void tasks_end(void)
{
    for (int i = 0; i < n_tasks; i++)
        assert(!tasks[i].used || tasks[i].done || tasks[i].worker == NULL);
}

/* --- for threads.c --- */

void task_join(int i, void **out)
{
    while (!tasks[i].done)
        task_wait(&tasks[i], INT64_MAX - 1);
    if (out != NULL)
        *out = tasks[i].result;
    tasks[i].used = false;
}

void task_will_be_joined(int i)
{
    tasks[i].joined = true;
}
