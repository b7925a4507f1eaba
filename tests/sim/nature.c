/*
 * Nature: what goes wrong, and what people do, from the seed alone. Each run throws which kinds of
 * trouble there are and how often; after calm_at_ms nothing goes wrong any more, and everything
 * must end.
 */
#include <stdio.h>

#include "tests/sim/invariants.h"
#include "tests/sim/kafka.h"
#include "tests/sim/outside.h"
#include "tests/sim/redis_model.h"

#define LEASE_MS    1000
#define STOP_MAX_MS 25000
#define CALM_MAX_MS 120000

enum trouble {
    KILL,
    FREEZE,
    STOP,
    REDIS_AWAY,
    REDIS_EMPTY,
    REDIS_SNAPSHOT,
    REDIS_BACK,
    CLOCK_ON,
    CLOCK_BACK,
    BROKER_AWAY,
    REBALANCE,
    FORGET,
    CLOSE,
    MERGE,
    PUSH,
    REPEAT,
    REPLAY,
    TROUBLES
};

static struct {
    uint32_t weight[TROUBLES], weights;
    uint32_t fails[DOOR_COUNT], loses[DOOR_COUNT], slow[DOOR_COUNT]; /* per mille */
    uint32_t kills_at_points, lies; /* per mille of their passings */
    uint32_t slow_ms, usual_ms, pause_ms;
    uint32_t retries_spent, wall_ms;
    uint32_t strikes; /* per mille of the doors' calls: trouble comes just then */
    int64_t calm_at_ms;
    int n_findings, n_workers;
    int64_t redis_away_until_ms, broker_away_until_ms;
    int64_t start_at_ms[WORKERS_MAX];
    size_t faults;
    bool resting, over;
} nature;

size_t nature_faults(void)
{
    return nature.faults;
}

bool nature_is_calm(void)
{
    return sim_now_ms() >= nature.calm_at_ms;
}

int64_t nature_calm_for_ms(void)
{
    return sim_now_ms() - nature.calm_at_ms;
}

bool redis_is_up(void)
{
    return sim_now_ms() >= nature.redis_away_until_ms;
}

bool broker_is_up(void)
{
    return sim_now_ms() >= nature.broker_away_until_ms;
}

/* --- what goes wrong --- */

/* Often the one that is just doing something. */
static struct worker *some_worker(void)
{
    struct worker *worker = task_worker();

    if (worker == NULL || chance(300))
        worker = &workers[dice((uint32_t)nature.n_workers)];

    return worker->used && !worker->dead && !worker->ended ? worker : NULL;
}

static void freeze(struct worker *worker)
{
    worker->frozen_until_ms = sim_now_ms() + 1 + dice(nature.pause_ms);
    trace("nature  freezes %s for %lld ms", worker->name,
          (long long)(worker->frozen_until_ms - sim_now_ms()));
}

static void redis_forgets(bool all)
{
    if (!all && !redis_go_back())
        return;
    if (all)
        redis_empty();
    trace("nature  Redis %s", all ? "forgets all" : "goes back");
    if (!all)
        invariants_redis_went_back();
}

static void move_clock(bool back)
{
    int64_t ms = 1 + dice(2 * LEASE_MS);

    trace("nature  Redis' clock moves %s%lld ms", back ? "-" : "", (long long)ms);
    redis_move_clock(back ? -ms : ms);
    invariants_clock_moved();
    if (back)
        invariants_clock_went_back();
}

static void happen_to(struct worker *worker, enum trouble trouble)
{
    if (worker == NULL)
        return;
    if (trouble == KILL)
        worker_kill(worker, "nature");
    else if (trouble == FREEZE)
        freeze(worker);
    else if (!worker->stopping) {
        trace("nature  stops %s", worker->name);
        worker->stopping = true;
        worker->stopped_at_ms = sim_now_ms();
        task_wake(worker);
    }
}

static void happen(enum trouble trouble)
{
    nature.faults++;
    switch (trouble) {
    case KILL:
    case FREEZE:
    case STOP:
        happen_to(some_worker(), trouble);
        break;
    case REDIS_AWAY:
        nature.redis_away_until_ms = sim_now_ms() + dice(2 * LEASE_MS);
        trace("nature  Redis is away until %lld", (long long)nature.redis_away_until_ms);
        break;
    case REDIS_EMPTY:
        redis_forgets(true);
        break;
    case REDIS_SNAPSHOT:
        redis_keep_snapshot();
        break;
    case REDIS_BACK:
        redis_forgets(false);
        break;
    case CLOCK_ON:
        move_clock(false);
        break;
    case CLOCK_BACK:
        move_clock(true);
        break;
    case BROKER_AWAY:
        nature.broker_away_until_ms = sim_now_ms() + dice(3000);
        trace("nature  the broker is away until %lld", (long long)nature.broker_away_until_ms);
        break;
    case REBALANCE:
        group_rebalance();
        break;
    case FORGET:
        kafka_forget_commits();
        break;
    case CLOSE:
        people_answer(false);
        break;
    case MERGE:
        people_answer(true);
        break;
    case PUSH:
        people_push();
        break;
    case REPEAT:
        people_send_again();
        break;
    case REPLAY:
        people_replay();
        break;
    default:
        break;
    }
}

static enum trouble some_trouble(void)
{
    uint32_t at = dice(nature.weights);
    int i = 0;

    while (at >= nature.weight[i])
        at -= nature.weight[i++];
    return (enum trouble)i;
}

/* --- doors --- */

static void travel(enum door door)
{
    bool slow = !nature_is_calm() && chance(nature.slow[door]);

    if (slow)
        nature.faults++;
    if (!nature_is_calm() && nature.weights > 0 && chance(nature.strikes))
        happen(some_trouble());
    task_sleep(slow ? dice(nature.slow_ms) : dice(nature.usual_ms));
}

enum fate door_arrives(enum door door)
{
    travel(door);
    if (task_is_dead())
        return FATE_DEAD;
    if (nature_is_calm())
        return FATE_DONE;
    enum fate fate = chance(nature.fails[door])   ? FATE_FAILS
                     : chance(nature.loses[door]) ? FATE_ANSWER_LOST
                                                  : FATE_DONE;
    nature.faults += fate != FATE_DONE;
    return fate;
}

enum fate door_answers(enum door door, enum fate fate)
{
    if (fate == FATE_DEAD)
        return fate;
    travel(door);
    return task_is_dead() ? FATE_DEAD : fate;
}

/* Where a kill is most telling. */
void nature_at_point(const char *name)
{
    if (nature_is_calm() || !chance(nature.kills_at_points))
        return;
    nature.faults++;
    worker_kill(task_worker(), name);
}

bool nature_lies(void)
{
    bool lies = !nature_is_calm() && chance(nature.lies);

    nature.faults += lies;
    return lies;
}

int64_t nature_wall_ahead_ms(void)
{
    return (int64_t)dice(nature.wall_ms) - nature.wall_ms / 2;
}

uint32_t nature_retries_spent(void)
{
    return nature.retries_spent;
}

/* --- nature's own tasks --- */

static void *be_faulty(void *context)
{
    uint32_t gap_ms = 100 + dice(1500);

    (void)context;
    while (!nature_is_calm()) {
        task_sleep(1 + dice(gap_ms));
        if (nature.weights > 0 && !nature_is_calm())
            happen(some_trouble());
    }
    trace("nature  calm from now on, after %zu faults", nature.faults);
    for (int i = 0; i < WORKERS_MAX; i++)
        workers[i].frozen_until_ms = 0;
    nature.redis_away_until_ms = nature.broker_away_until_ms = 0;
    return NULL;
}

static void tend(int slot)
{
    struct worker *worker = &workers[slot];
    bool gone = !worker->used || ((worker->dead || worker->ended) && worker->tasks == 0);

    if (worker->used && !gone && worker->stopping && !worker->dead &&
        sim_now_ms() - worker->stopped_at_ms > STOP_MAX_MS) {
        if (worker->stopped_at_ms >= nature.calm_at_ms)
            violation("%s did not stop within %d s, though nothing was wrong", worker->name,
                      STOP_MAX_MS / 1000);
        worker_kill(worker, "it did not stop in time");
    }
    if (!gone)
        nature.start_at_ms[slot] = sim_now_ms() + 100 + dice(1000);
    else if (!nature.resting && sim_now_ms() >= nature.start_at_ms[slot])
        worker_start(slot);
}

static bool all_gone(void)
{
    for (int i = 0; i < nature.n_workers; i++)
        if (workers[i].used && !workers[i].ended && !workers[i].dead)
            return false;
    return true;
}

static void rest(void)
{
    nature.resting = true;
    invariants_at_rest();
    for (int i = 0; i < nature.n_workers; i++) {
        workers[i].stopping = true;
        workers[i].stopped_at_ms = sim_now_ms();
        task_wake(&workers[i]);
    }
}

/* Starts what is down, and sees when all is done. */
static void *watch(void *context)
{
    (void)context;
    for (;;) {
        for (int i = 0; i < nature.n_workers; i++)
            tend(i);
        group_tick();
        if (nature.resting && all_gone())
            nature.over = true;
        else if (!nature.resting && people_have_sent_all() && nature_is_calm() &&
                 kafka_is_read_to_the_end())
            rest();
        else if (sim_now_ms() > nature.calm_at_ms + CALM_MAX_MS) {
            violation("I1: not at rest %d s after the last fault", CALM_MAX_MS / 1000);
            nature.over = true;
        }
        task_sleep(200);
    }
    return NULL;
}

bool nature_is_over(void);

bool nature_is_over(void)
{
    return nature.over || has_violation();
}

/* Rates: most doors are good on most days, and a few hardly ever answer. */
static uint32_t rate(void)
{
    return chance(500) ? 0 : 1 + dice(chance(100) ? 900 : chance(200) ? 200 : 30);
}

void nature_begin(void)
{
    memset(&nature, 0, sizeof nature);
    people_begin();
    nature.calm_at_ms = 3000 + dice(9000);
    nature.n_findings = 1 + (int)dice(FINDINGS_MAX);
    nature.n_workers = 1 + (int)dice(WORKERS_MAX);
    nature.usual_ms = 2 + dice(chance(300) ? 60 : 6);
    nature.kills_at_points = chance(300) ? 5 + dice(120) : dice(6);
    nature.lies = chance(300) ? dice(60) : 0;
    nature.wall_ms = chance(300) ? dice(40000) : 0;
    nature.retries_spent = chance(200) ? dice(40) : 0;
    nature.strikes = chance(600) ? 1 + dice(40) : 0;
    nature.slow_ms = 10 + dice(3 * LEASE_MS);
    nature.pause_ms = 10 + dice(chance(300) ? 2 * SESSION_MS : 3 * LEASE_MS);
    for (int i = 0; i < TROUBLES; i++) {
        nature.weight[i] = chance(500) ? 1 + dice(4) : 0;
        nature.weights += nature.weight[i];
    }
    for (int i = 0; i < DOOR_COUNT; i++) {
        nature.fails[i] = rate();
        nature.loses[i] = rate();
        nature.slow[i] = rate();
    }
    (void)task_spawn(NULL, "faults", be_faulty, NULL);
    (void)task_spawn(NULL, "finder", people_find, &nature.n_findings);
    (void)task_spawn(NULL, "watch", watch, NULL);
}
