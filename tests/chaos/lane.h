/*
 * Lane: one small installation of its own (topics by prefix, a Redis database, a directory), where
 * cases run one after the other. Many lanes share one Kafka and one Redis.
 *
 *     lane_open -> lane_start, role_arm, lane_send … lane_wait_rest, lane_judge … -> lane_close
 *
 * A lane belongs to one process. Functions that can fail say why in err: then the case has failed.
 */
#ifndef TESTS_CHAOS_LANE_H
#define TESTS_CHAOS_LANE_H

#include <sys/types.h>

#include "common/base.h"
#include "common/digest.h"
#include "tests/chaos/group.h"
#include "tests/chaos/judge.h"

#define LANE_ENV_MAX  48
#define LANE_LEASE_MS 1000
/* A secret that must be seen nowhere. */
#define LANE_CANARY    "plumb-canary-7f3a9c51e8"
#define LANE_TOKEN     LANE_CANARY "-github"
#define LANE_WAIT_MS   180000
#define LANE_ITEMS_MAX 24

struct lane_role {
    pid_t pid; /* 0: none */
    const char *name;
    int number;
    int port;
};

struct lane {
    int number;
    char dir[256], prefix[64], group_name[64], redis_url[256], brokers[128], plumb[600];
    char *env[LANE_ENV_MAX];
    size_t n_env;
    int started;   /* roles so far */
    int poll_port; /* where pollers listen; 0: anywhere */
    struct rules *rules;
    struct redis *redis;
    struct queue_producer *producer;
    struct group *group, *sink_group;
    struct lane_role worker, sink, github;
    char expected[LANE_ITEMS_MAX][SHA256_HEX_BYTES]; /* items that must end */
    size_t n_expected;
    int64_t held_until_ms;
    int64_t redis_losses;      /* for the checker */
    const int64_t *lost_at_ms; /* of each of them; NULL: not known */
    bool held_up;              /* likewise */
    bool talkative;            /* it is heard when nothing is broken, too */
};

struct lane_setting {
    const char *name;
    const char *value;
};

struct lane_place { /* where lanes are */
    const char *brokers;
    const char *redis_url;               /* without a database */
    const char *dir;                     /* for lanes' directories */
    const char *plumb;                   /* the program */
    int partitions;                      /* of each topic */
    int buckets;                         /* in each repository */
    bool github;                         /* pull requests go to the fake GitHub, not to files */
    const struct lane_setting *settings; /* of all roles, NULL-ended by name; NULL: none */
};

/* A copy of the built program in dir, so that a build in between does no harm. */
int lane_program(const char *dir, char *out, size_t size, struct err *err) MUST_USE;
int lane_open(struct lane *lane, const struct lane_place *place, int number, int database,
              struct err *err) MUST_USE;
/* Ends every role, by its id. The directory stays when it is to be looked at. */
void lane_close(struct lane *lane, bool keep);

/* A setting of the roles that are started from now on; NULL: unset. */
void lane_set(struct lane *lane, const char *name, const char *value);

/* --- roles --- */

/* `plumb NAME` with these further settings ("NAME=value", NULL-ended; NULL: none). */
int lane_start(struct lane *lane, const char *name, const char *const *settings,
               struct lane_role *out, struct err *err) MUST_USE;
/* The rules of its faults from now on; other ones than before, so counting starts anew. */
void role_arm(const struct lane *lane, const struct lane_role *role, const char *rules);
/* Waits until the fault has happened (or the role is gone). */
int role_wait_fault(struct lane *lane, const struct lane_role *role, const char *point,
                    const char *action, struct err *err) MUST_USE;
/* Waits until it has come by that point, fault or none. */
int role_wait_passing(struct lane *lane, const struct lane_role *role, const char *point,
                      struct err *err) MUST_USE;
/* Waits until it has ended; fails unless so: by this signal (> 0), or with this exit code. */
enum { ROLE_ENDS_ANYHOW = -1 }; /* with 0 or with 1 */
int role_wait_end(struct lane_role *role, int signal, int code, struct err *err) MUST_USE;
int role_wait_stopped(const struct lane_role *role, struct err *err) MUST_USE;
/* It has said something: its signals have their handlers. */
bool role_has_begun(const struct lane *lane, const struct lane_role *role);
/* Its last line is this one. */
bool role_ended_with(const struct lane *lane, const struct lane_role *role, const char *line);
/* SIGTERM, and it must end well. */
int role_stop(const struct lane *lane, struct lane_role *role, struct err *err) MUST_USE;

/* The fake GitHub: starts it, and writes what it says of itself. */
int lane_start_github(struct lane *lane, struct err *err) MUST_USE;
int lane_github_state(const struct lane *lane, const char *path, struct err *err) MUST_USE;

/* --- items --- */

struct item;
/* A repository of its own for a case. */
int lane_repository(const struct lane *lane, const char *name, struct err *err) MUST_USE;
/* The n-th finding about it, as a JSON line; expected from now on when it must end. */
int lane_finding(struct lane *lane, const char *repository, int n, bool expect, char *out,
                 size_t size, struct err *err) MUST_USE;
/* Sends a finding (a line), acked. */
int lane_send(struct lane *lane, const char *line, struct err *err) MUST_USE;
int lane_send_raw(struct lane *lane, const char *topic, const char *bytes,
                  struct err *err) MUST_USE;

/* --- ends --- */

/* Waits until all that is expected has ended and every partition is committed. */
int lane_wait_rest(struct lane *lane, struct err *err) MUST_USE;
/* Each ended as it must: with a pull request, or in the dead-letter queue. */
int lane_check_ends(struct lane *lane, bool hopeless, struct err *err) MUST_USE;
/* After a stop: nothing was charged to the items, neither an attempt nor a crash. */
int lane_check_uncharged(struct lane *lane, struct err *err) MUST_USE;
/* The claims on what is expected last a minute longer; how many there are. Then those are over. */
int lane_hold_claims(struct lane *lane);
void lane_let_claims_run_out(struct lane *lane);
/* The invariant checker; its words on stdout when something is broken. ERR_REJECT then. */
int lane_judge(struct lane *lane, enum judge_moment moment, struct err *err) MUST_USE;
/* The ends of the roles' logs on stderr. */
void lane_show_logs(const struct lane *lane);

#endif
