/* What befalls an installation; the story stands in soak.h. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "tests/chaos/soak.h"
#include "tests/chaos/soak_github.h"
#include "tests/chaos/ways.h"

#define FROZEN_MS (2 * LANE_LEASE_MS)
#define VISITS    8 /* of the guest, at a time */

const char *const soak_harms[HARMS] = {
    [HARM_KILL_WORKER] = "workers killed",   [HARM_FREEZE_WORKER] = "workers frozen",
    [HARM_STOP_WORKER] = "workers stopped",  [HARM_REPLY] = "replies lost",
    [HARM_KILL_POLLER] = "pollers killed",   [HARM_KILL_SINK] = "sinks killed",
    [HARM_FLUSH_REDIS] = "Redis flushed",    [HARM_RESTART_REDIS] = "Redis restarted",
    [HARM_KILL_BROKER] = "brokers killed",   [HARM_EVICT] = "groups evicted",
    [HARM_GUEST] = "rounds of rebalances",   [HARM_NET_SLOW] = "doors slow",
    [HARM_NET_SLICE] = "doors slicing",      [HARM_NET_CUT] = "doors cutting",
    [HARM_NET_RESET] = "doors reset",        [HARM_NET_HOLD] = "doors holding",
    [HARM_NET_SWALLOW] = "doors swallowing", [HARM_GITHUB] = "faults of GitHub",
};

/* The dear ones come seldom. */
static const int weights[HARMS] = {
    [HARM_KILL_WORKER] = 18, [HARM_FREEZE_WORKER] = 12, [HARM_STOP_WORKER] = 8,
    [HARM_REPLY] = 16,       [HARM_KILL_POLLER] = 5,    [HARM_KILL_SINK] = 5,
    [HARM_FLUSH_REDIS] = 1,  [HARM_RESTART_REDIS] = 4,  [HARM_KILL_BROKER] = 1,
    [HARM_EVICT] = 2,        [HARM_GUEST] = 3,          [HARM_NET_SLOW] = 5,
    [HARM_NET_SLICE] = 3,    [HARM_NET_CUT] = 5,        [HARM_NET_RESET] = 4,
    [HARM_NET_HOLD] = 4,     [HARM_NET_SWALLOW] = 4,    [HARM_GITHUB] = 100,
};

/* Each worker comes to Redis by a door of its own. */
static int start_worker(struct soak *soak, struct lane_role *out, struct err *err)
{
    char redis[DOOR_URL_BYTES], setting[DOOR_URL_BYTES + 16];
    const char *const settings[] = {setting, NULL};

    door_address(&soak->doors, DOOR_REDIS((int)(out - soak->workers)), "redis://", redis);
    snprintf(setting, sizeof setting, "REDIS_URL=%s", redis);
    return lane_start(&soak->lane, "work", settings, out, err);
}

static int start_poller(struct soak *soak, struct lane_role *out, struct err *err)
{
    char path[420];
    const char *const settings[] = {"SOURCES=file", path, NULL};

    snprintf(path, sizeof path, "FINDINGS_PATH=%s/findings", soak->lane.dir);
    return lane_start(&soak->lane, "poll", settings, out, err);
}

static void thaw(struct soak *soak, size_t i)
{
    if (soak->thaw_at_ms[i] == 0)
        return;
    (void)kill(soak->workers[i].pid, SIGCONT);
    soak->thaw_at_ms[i] = 0;
}

/* Gone is gone, however: it was killed, or told to stop and has, or could not while Kafka was away
 * for long. A sanitizer's word is something else. */
static int reap(const struct soak *soak, struct lane_role *role, struct err *err)
{
    int status;

    if (role->pid <= 0 || waitpid(role->pid, &status, WNOHANG) != role->pid)
        return 0;
    role->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0 &&
        !role_ended_with(&soak->lane, role, "plumb: could not drain in time; ending now"))
        return err_set(err, ERR_REJECT, "%s-%d ended with exit code %d", role->name, role->number,
                       WEXITSTATUS(status));
    return 0;
}

static int revive(struct soak *soak, struct lane_role *role, bool polls, struct err *err)
{
    int r = reap(soak, role, err);

    if (r < 0 || role->pid > 0)
        return r;
    return polls ? start_poller(soak, role, err) : start_worker(soak, role, err);
}

int soak_mend(struct soak *soak, bool all, struct err *err)
{
    int64_t now_ms = clock_mono_ms();
    int r = 0;

    doors_mend(&soak->doors, all);
    if (all)
        guest_invite(soak->guest, 0);
    if (soak->github && all)
        r = github_mend(&soak->lane, err);
    if (r == 0 && soak->github)
        r = github_hour_passes(&soak->lane, err);
    for (size_t i = 0; r == 0 && i < SOAK_WORKERS; i++) {
        if (all || (soak->thaw_at_ms[i] > 0 && now_ms >= soak->thaw_at_ms[i]))
            thaw(soak, i);
        r = revive(soak, &soak->workers[i], false, err);
    }
    for (size_t i = 0; r == 0 && i < SOAK_POLLERS; i++)
        r = revive(soak, &soak->pollers[i], true, err);
    if (r == 0)
        r = reap(soak, &soak->lane.sink, err);
    if (r == 0 && soak->lane.sink.pid == 0)
        r = lane_start(&soak->lane, "sink", NULL, &soak->lane.sink, err);
    return r;
}

static void kill_role(const struct lane_role *role, int signal)
{
    if (role->pid > 0)
        (void)kill(role->pid, signal);
}

void soak_pause(const struct soak *soak, bool pause)
{
    int signal = pause ? SIGSTOP : SIGCONT;

    for (size_t i = 0; i < SOAK_WORKERS; i++)
        if (soak->thaw_at_ms[i] == 0)
            kill_role(&soak->workers[i], signal);
    for (size_t i = 0; i < SOAK_POLLERS; i++)
        kill_role(&soak->pollers[i], signal);
    kill_role(&soak->lane.sink, signal);
}

static void lose_a_reply(struct soak *soak, const struct lane_role *worker)
{
    const struct way_point *point;
    char rules[200];

    do
        point = &way_points[soak_roll(soak, way_points_count)];
    while (point->role != WORK || point->kind != REPLY);
    way_rules(point, ACT_REPLY, 1 + (int)soak_roll(soak, 3), rules, sizeof rules);
    role_arm(&soak->lane, worker, rules);
}

/* The leader's lease lasts a minute, and nobody waits for that here. */
static void kill_poller(struct soak *soak)
{
    kill_role(&soak->pollers[soak_roll(soak, SOAK_POLLERS)], SIGKILL);
    (void)redis_do(soak->lane.redis, "HSET plumb:source:file lease_until 0");
}

static void harm_redis(struct soak *soak, enum soak_harm harm)
{
    if (harm == HARM_RESTART_REDIS) {
        redis_restart(soak->redis);
        return;
    }
    if (soak->lane.redis_losses == SOAK_LOSSES_MAX)
        return;
    soak->lost_at_ms[soak->lane.redis_losses++] = clock_unix_ms();
    (void)redis_do(soak->lane.redis, "FLUSHALL");
}

/* One of those that somebody uses. */
static void harm_net(struct soak *soak, enum soak_harm harm)
{
    int door = (int)soak_roll(soak, soak->github ? 4 : 3);

    if (door == 0)
        door = DOOR_KAFKA;
    else if (door == 3)
        door = DOOR_GITHUB;
    else
        door = DOOR_REDIS((int)soak_roll(soak, SOAK_WORKERS + 1));
    door_harm(&soak->doors, door, (enum door_harm)(harm - HARM_NET_SLOW),
              soak_roll(soak, 1000000007));
}

static enum soak_harm choose(struct soak *soak)
{
    int kinds = soak->github ? HARMS : HARM_GITHUB;
    uint64_t all = 0;
    int harm = 0;

    while (soak->n_harmed < HARMS)
        if ((int)soak->first[soak->n_harmed++] < kinds)
            return soak->first[soak->n_harmed - 1];
    for (int i = 0; i < kinds; i++)
        all += (uint64_t)weights[i];
    int roll = (int)soak_roll(soak, all);
    while (roll >= weights[harm])
        roll -= weights[harm++];
    return (enum soak_harm)harm;
}

static void harm_worker(struct soak *soak, enum soak_harm harm)
{
    size_t i = 1 + soak_roll(soak, SOAK_WORKERS - 1); /* not the witness */
    struct lane_role *worker = &soak->workers[i];

    if (harm == HARM_KILL_WORKER) {
        soak->thaw_at_ms[i] = 0;
        kill_role(worker, SIGKILL);
    } else if (harm == HARM_FREEZE_WORKER) {
        kill_role(worker, SIGSTOP);
        soak->thaw_at_ms[i] = clock_mono_ms() + FROZEN_MS + (int64_t)soak_roll(soak, 3000);
    } else {
        if (soak->told[i] != worker->pid && role_has_begun(&soak->lane, worker))
            kill_role(worker, SIGTERM);
        soak->told[i] = worker->pid;
    }
}

int soak_harm(struct soak *soak, struct err *err)
{
    enum soak_harm harm = choose(soak);
    int r = 0;

    soak->harmed[harm]++;
    switch (harm) {
    case HARM_KILL_WORKER:
    case HARM_FREEZE_WORKER:
    case HARM_STOP_WORKER:
        harm_worker(soak, harm);
        break;
    case HARM_REPLY:
        lose_a_reply(soak, &soak->workers[soak_roll(soak, SOAK_WORKERS)]);
        break;
    case HARM_KILL_POLLER:
        kill_poller(soak);
        break;
    case HARM_KILL_SINK:
        kill_role(&soak->lane.sink, SIGKILL);
        break;
    case HARM_KILL_BROKER:
        broker_set_up(soak->broker, false);
        broker_set_up(soak->broker, true);
        break;
    case HARM_FLUSH_REDIS:
    case HARM_RESTART_REDIS:
        harm_redis(soak, harm);
        break;
    case HARM_EVICT: /* who has just left need not be told */
        (void)!group_evict(soak->lane.group, err);
        break;
    case HARM_GUEST:
        guest_invite(soak->guest, VISITS);
        break;
    case HARM_GITHUB:
        r = github_harm(&soak->lane, soak_roll(soak, 1000000007), err);
        break;
    default:
        harm_net(soak, harm);
        break;
    }
    return r;
}
