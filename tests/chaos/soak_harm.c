/* What befalls an installation; the story stands in soak.h. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "tests/chaos/soak.h"
#include "tests/chaos/ways.h"

#define FROZEN_MS (2 * LANE_LEASE_MS)

const char *const soak_harms[HARMS] = {"workers killed", "workers frozen",  "workers stopped",
                                       "replies lost",   "pollers killed",  "sinks killed",
                                       "Redis flushed",  "Redis restarted", "brokers killed"};

static int start_worker(struct soak *soak, struct lane_role *out, struct err *err)
{
    return lane_start(&soak->lane, "work", NULL, out, err);
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

/* Gone is gone, however: it was killed, or told to stop and has. A sanitizer's word is not. */
static int reap(struct lane_role *role, struct err *err)
{
    int status;

    if (role->pid <= 0 || waitpid(role->pid, &status, WNOHANG) != role->pid)
        return 0;
    role->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        return err_set(err, ERR_REJECT, "%s-%d ended with exit code %d", role->name, role->number,
                       WEXITSTATUS(status));
    return 0;
}

static int revive(struct soak *soak, struct lane_role *role, bool polls, struct err *err)
{
    int r = reap(role, err);

    if (r < 0 || role->pid > 0)
        return r;
    return polls ? start_poller(soak, role, err) : start_worker(soak, role, err);
}

int soak_mend(struct soak *soak, bool all, struct err *err)
{
    int64_t now_ms = clock_mono_ms();
    int r = 0;

    for (size_t i = 0; r == 0 && i < SOAK_WORKERS; i++) {
        if (all || (soak->thaw_at_ms[i] > 0 && now_ms >= soak->thaw_at_ms[i]))
            thaw(soak, i);
        r = revive(soak, &soak->workers[i], false, err);
    }
    for (size_t i = 0; r == 0 && i < SOAK_POLLERS; i++)
        r = revive(soak, &soak->pollers[i], true, err);
    if (r == 0)
        r = reap(&soak->lane.sink, err);
    if (r == 0 && soak->lane.sink.pid == 0)
        r = lane_start(&soak->lane, "sink", NULL, &soak->lane.sink, err);
    return r;
}

static void kill_role(const struct lane_role *role, int signal)
{
    if (role->pid > 0)
        (void)kill(role->pid, signal);
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
    soak->redis_losses++;
    if (harm == HARM_FLUSH_REDIS)
        (void)redis_do(soak->lane.redis, "FLUSHALL");
    else
        redis_restart(soak->redis); /* and it forgets everything */
}

/* The dear ones come seldom. */
static enum soak_harm choose(struct soak *soak)
{
    static const int weights[HARMS] = {24, 16, 12, 24, 8, 8, 4, 3, 1};
    int roll = (int)soak_roll(soak, 100);
    int harm = 0;

    while (roll >= weights[harm])
        roll -= weights[harm++];
    return (enum soak_harm)harm;
}

int soak_harm(struct soak *soak, struct err *err)
{
    size_t i = 1 + soak_roll(soak, SOAK_WORKERS - 1); /* not the witness */
    enum soak_harm harm = choose(soak);

    (void)err;
    switch (harm) {
    case HARM_KILL_WORKER:
        soak->thaw_at_ms[i] = 0;
        kill_role(&soak->workers[i], SIGKILL);
        break;
    case HARM_FREEZE_WORKER:
        kill_role(&soak->workers[i], SIGSTOP);
        soak->thaw_at_ms[i] = clock_mono_ms() + FROZEN_MS + (int64_t)soak_roll(soak, 3000);
        break;
    case HARM_STOP_WORKER:
        if (soak->told[i] != soak->workers[i].pid && role_has_begun(&soak->lane, &soak->workers[i]))
            kill_role(&soak->workers[i], SIGTERM);
        soak->told[i] = soak->workers[i].pid;
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
    default:
        harm_redis(soak, harm);
        break;
    }
    soak->harmed[harm]++;
    return 0;
}
