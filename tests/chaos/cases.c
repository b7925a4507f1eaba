/* Each case straight down; the story stands in cases.h. */
#include "tests/chaos/cases.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "proto/topics.h"
#include "tests/support/pipeline.h"
#include "tests/support/redis_server.h"

#define ZOMBIE_MS 800 /* for the woken one to try what it was about to do */

struct stage { /* one case under way */
    struct lane *lane;
    const struct chaos_case *c;
    char repository[80];
    int items, nth;
    char file[400]; /* of findings, for the poller */
    pid_t client;   /* posts until it is told yes */
};

void case_name(const struct chaos_case *c, char out[64])
{
    snprintf(out, 64, "%s:%s:%d", c->point->name, way_actions[c->action], c->seed);
}

/* --- what is to be worked on --- */

static bool is_single(enum way way)
{
    return way != ORDINARY && way != POLLED && way != STORED;
}

static int prepare(struct stage *stage, struct err *err)
{
    static int number;
    const struct chaos_case *c = stage->c;
    bool hopeless = c->point->way == HOPELESS;
    bool once = str_starts(c->point->name, "poll.") && !str_eq(c->point->name, "poll.sent");

    stage->items = is_single(c->point->way) ? 1 : 1 + (c->seed - 1) % 3;
    /* Some points are passed once in a batch, whatever it holds. */
    stage->nth = once || stage->c->point->role == SINK || str_starts(c->point->name, "commit.")
                     ? 1
                     : 1 + (c->seed - 1) % stage->items;
    snprintf(stage->repository, sizeof stage->repository, "chaos/%s%d", hopeless ? "none" : "r",
             ++number);
    return hopeless ? 0 : lane_repository(stage->lane, stage->repository, err);
}

static int send_items(struct stage *stage, bool expect, struct err *err)
{
    char line[600];
    int r = 0;

    for (int i = 1; r == 0 && i <= stage->items; i++) {
        r = lane_finding(stage->lane, stage->repository, i, expect, line, sizeof line, err);
        if (r == 0)
            r = lane_send(stage->lane, line, err);
    }
    return r;
}

static int write_findings(struct stage *stage, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(65536);
    char line[600];
    int r = 0;

    for (int i = 1; r == 0 && i <= stage->items; i++) {
        r = lane_finding(stage->lane, stage->repository, i, true, line, sizeof line, err);
        buf_print(&text, "%s\n", line);
    }
    buf_print(&text, "{\"tenant\":\"default\",\"source\":\"checkov\",\"repository\":\"%s\"}\n",
              stage->repository); /* no control: it can never be an item */
    snprintf(stage->file, sizeof stage->file, "%s/findings-%d.jsonl", stage->lane->dir,
             stage->lane->started);
    return r < 0 ? r : files_write(stage->file, buf_str(&text), text.len, err);
}

/* A client as the intake's users are: it sends until it was told yes. */
static int post_until_yes(struct stage *stage, int port, struct err *err)
{
    char line[600];
    int r = lane_finding(stage->lane, stage->repository, 1, true, line, sizeof line, err);

    if (r < 0)
        return r;
    fflush(stdout);
    stage->client = fork();
    if (stage->client != 0)
        return stage->client > 0 ? 0 : err_set(err, ERR_FATAL, "fork failed");
    int64_t until_ms = clock_mono_ms() + LANE_WAIT_MS;
    while (clock_mono_ms() < until_ms) {
        if (pipeline_http(port, "POST", "/v1/findings", line, NULL) == 202)
            _exit(0);
        (void)poll(NULL, 0, 50);
    }
    _exit(1);
}

static int wait_client(struct stage *stage, struct err *err)
{
    int status = 0;

    if (stage->client > 0 && (waitpid(stage->client, &status, 0) != stage->client || status != 0))
        return err_set(err, ERR_REJECT, "the intake never said yes");
    return 0;
}

static int arm(struct stage *stage, const struct lane_role *role)
{
    char rules[200];

    way_rules(stage->c->point, stage->c->action, stage->nth, rules, sizeof rules);
    role_arm(stage->lane, role, rules);
    return 0;
}

/* --- after the fault --- */

/* Nothing may be lost at this very moment, before anybody has taken over. */
static int dies(struct stage *stage, struct lane_role *role, struct group *group, struct err *err)
{
    int r = role_wait_end(role, SIGKILL, 0, err);

    if (r == 0)
        r = lane_judge(stage->lane, JUDGE_UNDERWAY, err);
    return r == 0 && group != NULL ? group_evict(group, err) : r;
}

static void sleep_ms(int ms)
{
    (void)poll(NULL, 0, ms);
}

/* Another one comes. With an even seed the claims of the one before it still hold then, and run out
 * when it has met them; else they may have run out before. */
static int follows(struct stage *stage, struct lane_role *role, const char *const *settings,
                   struct err *err)
{
    struct lane *lane = stage->lane;
    bool meets = role == &lane->worker && stage->c->seed % 2 == 0 && lane_hold_claims(lane) > 0;
    int r = lane_start(lane, role->name, settings, role, err);

    if (r < 0 || !meets)
        return r;
    r = role_wait_passing(lane, role, "retry.sent", err);
    lane_let_claims_run_out(lane);
    return r;
}

/* Frozen for two leases, while another one does its work; then it goes on where it was. */
static int freezes(struct stage *stage, struct lane_role *role, const char *const *settings,
                   struct err *err)
{
    struct lane_role zombie = *role;
    struct group *group = role == &stage->lane->worker ? stage->lane->group : NULL;
    bool alone = stage->c->point->way == POSTED; /* nobody else can listen where it does */
    int r = role_wait_stopped(&zombie, err);

    if (r == 0 && group != NULL)
        r = group_evict(group, err);
    if (r == 0 && !alone)
        r = follows(stage, role, settings, err);
    if (r < 0)
        return r;
    sleep_ms(2 * LANE_LEASE_MS + stage->c->seed * 100);
    (void)kill(zombie.pid, SIGCONT);
    if (alone)
        return 0;
    if (stage->c->point->way == STOPPED) /* it was told before it froze */
        return role_wait_end(&zombie, 0, 0, err);
    sleep_ms(ZOMBIE_MS);
    return role_stop(stage->lane, &zombie, err);
}

/* A worker or a poller: whoever it was, another one goes on. */
static int befalls(struct stage *stage, struct lane_role *role, const char *const *settings,
                   struct err *err)
{
    struct lane *lane = stage->lane;
    const char *name = role->name;
    bool works = role == &lane->worker;
    int r = role_wait_fault(lane, role, stage->c->point->name, way_actions[stage->c->action], err);

    if (r < 0)
        return r;
    if (!works) /* its lease of a minute is over, for Redis: we do not wait for that */
        (void)redis_do(lane->redis, "HSET plumb:source:file lease_until 0");
    switch (stage->c->action) {
    case ACT_KILL:
        r = dies(stage, role, works ? lane->group : NULL, err);
        return r < 0 ? r : follows(stage, role, settings, err);
    case ACT_STOP:
        return freezes(stage, role, settings, err);
    case ACT_TERM: /* told again in the middle of its drain: the same wish, or, later, at once */
        r = role_wait_end(role, 0, stage->c->point->way == STOPPED ? ROLE_ENDS_ANYHOW : 0, err);
        if (r == 0 && works && stage->c->point->way == STOPPED)
            r = group_evict(lane->group, err);
        return r < 0 ? r : lane_start(lane, name, settings, role, err);
    default:
        return 0;
    }
}

/* The sink writes alone: a second one is not let in, so nobody takes over a frozen one. */
static int befalls_sink(struct stage *stage, struct err *err)
{
    struct lane *lane = stage->lane;
    struct lane_role *sink = &lane->sink;
    int r = role_wait_fault(lane, sink, stage->c->point->name, way_actions[stage->c->action], err);

    if (r < 0)
        return r;
    switch (stage->c->action) {
    case ACT_KILL:
        r = dies(stage, sink, lane->sink_group, err);
        break;
    case ACT_STOP:
        r = role_wait_stopped(sink, err);
        if (r == 0)
            r = group_evict(lane->sink_group, err);
        sleep_ms(2 * LANE_LEASE_MS);
        (void)kill(sink->pid, SIGCONT);
        return r;
    case ACT_TERM:
        r = role_wait_end(sink, 0, 0, err);
        break;
    case ACT_EIO: /* what the disk holds is unknown: it ends, and looks at its log anew */
        r = role_wait_end(sink, 0, 1, err);
        break;
    default:
        return 0;
    }
    return r < 0 ? r : lane_start(lane, "sink", NULL, sink, err);
}

/* --- the roles --- */

static int ensure_worker(struct lane *lane, struct err *err)
{
    return lane->worker.pid > 0 ? 0 : lane_start(lane, "work", NULL, &lane->worker, err);
}

static int worker_case(struct stage *stage, struct err *err)
{
    struct lane *lane = stage->lane;
    enum way way = stage->c->point->way;
    int r = 0;

    if (way == REPEATED) {
        r = send_items(stage, true, err);
        if (r == 0)
            r = lane_wait_rest(lane, err);
    }
    if (r == 0)
        r = arm(stage, &lane->worker);
    if (r == 0)
        r = way == UNREADABLE ? lane_send_raw(lane, TOPIC_FINDINGS, stage->repository, err)
                              : send_items(stage, true, err);
    return r < 0 ? r : befalls(stage, &lane->worker, NULL, err);
}

static int poller_case(struct stage *stage, struct err *err)
{
    struct lane *lane = stage->lane;
    bool posted = stage->c->point->way == POSTED;
    char findings[440];
    const char *const settings[] = {posted ? "SOURCES=" : "SOURCES=file", findings, NULL};
    struct lane_role poller = {.number = lane->started, .name = "poll"};
    int r = posted ? 0 : write_findings(stage, err);

    /* Who comes after it listens where it did. Below what the system hands out by itself, and for
     * each lane another one. */
    if (posted)
        lane->poll_port = 10240 + getpid() % 600 * 16 + lane->started % 16;
    snprintf(findings, sizeof findings, "FINDINGS_PATH=%s", stage->file);
    if (r == 0)
        r = arm(stage, &poller); /* before it is there: it may come by at once */
    if (r == 0)
        r = lane_start(lane, "poll", settings, &poller, err);
    if (r == 0 && posted)
        r = post_until_yes(stage, poller.port, err);
    if (r == 0)
        r = befalls(stage, &poller, settings, err);
    if (r == 0)
        r = wait_client(stage, err);
    if (r == 0)
        r = lane_wait_rest(lane, err);
    lane->poll_port = 0;
    int stopped = r == 0 ? role_stop(lane, &poller, err) : 0;
    return r < 0 ? r : stopped;
}

static int sink_case(struct stage *stage, struct err *err)
{
    struct lane *lane = stage->lane;
    int r = arm(stage, &lane->sink);

    if (r == 0)
        r = stage->c->point->way == SPOILT ? lane_send_raw(lane, TOPIC_AUDIT, "no event", err)
                                           : send_items(stage, true, err);
    return r < 0 ? r : befalls_sink(stage, err);
}

int case_run(struct lane *lane, const struct chaos_case *c, struct err *err)
{
    struct stage stage = {.lane = lane, .c = c};
    enum way way = c->point->way;
    bool gentle = c->action == ACT_TERM && c->point->role == WORK &&
                  (way == ORDINARY || way == REPEATED || way == SLOW);

    lane->n_expected = 0;
    int r = prepare(&stage, err);
    if (r == 0)
        r = ensure_worker(lane, err);
    if (r == 0 && c->point->role == WORK)
        r = worker_case(&stage, err);
    else if (r == 0 && c->point->role == POLL)
        r = poller_case(&stage, err);
    else if (r == 0)
        r = sink_case(&stage, err);
    if (r == 0)
        r = lane_wait_rest(lane, err);
    if (r == 0)
        r = lane_check_ends(lane, way == HOPELESS, err);
    return r == 0 && gentle ? lane_check_uncharged(lane, err) : r;
}
