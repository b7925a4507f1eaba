/*
 * Soak: one installation under load for a while, and everything that may befall it, by dice.
 *
 *     soak_open -> soak_feed, soak_harm … (until all is sent) -> soak_settle
 *
 * Four workers, two pollers, a sink, all behind doors (soak_door.h). One worker, the witness, is
 * never killed: its memory and its open files are looked at from a third of the way on.
 *
 * Redis keeps what it answered for, as in production, so a restart loses nothing; what FLUSHALL
 * loses is counted, and the invariants know of it.
 */
#ifndef TESTS_CHAOS_SOAK_H
#define TESTS_CHAOS_SOAK_H

#include "tests/chaos/lane.h"
#include "tests/chaos/soak_door.h"
#include "tests/chaos/soak_guest.h"
#include "tests/support/kafka.h"
#include "tests/support/redis_server.h"

#define SOAK_POLLERS    2
#define SOAK_BUCKETS    20 /* items in one repository */
#define SOAK_LOSSES_MAX 256

enum soak_harm {
    HARM_KILL_WORKER,
    HARM_FREEZE_WORKER,
    HARM_STOP_WORKER, /* SIGTERM, and a new one */
    HARM_REPLY,       /* a lost reply at a fault point by dice */
    HARM_KILL_POLLER,
    HARM_KILL_SINK,
    HARM_FLUSH_REDIS,
    HARM_RESTART_REDIS,
    HARM_KILL_BROKER,
    HARM_EVICT,    /* all members of the group are told that they are none */
    HARM_GUEST,    /* a rebalance every second for a while */
    HARM_NET_SLOW, /* at a door by dice; from here on as in soak_door.h … */
    HARM_NET_SLICE,
    HARM_NET_CUT,
    HARM_NET_RESET,
    HARM_NET_HOLD,
    HARM_NET_SWALLOW, /* … to here */
    HARM_GITHUB,      /* a fault of the fake GitHub, where there is one */
    HARMS
};
extern const char *const soak_harms[HARMS];

struct soak_sample {
    int64_t rss_kb, fds;
};

struct soak {
    struct lane lane;
    struct broker *broker;
    struct redis_server *redis;
    struct doors doors;
    struct guest *guest;
    bool github;
    struct lane_role workers[SOAK_WORKERS], pollers[SOAK_POLLERS];
    int64_t thaw_at_ms[SOAK_WORKERS]; /* 0: it is not frozen */
    pid_t told[SOAK_WORKERS];         /* to stop: a second word would end it at once */
    uint64_t dice;
    int items;   /* that shall end */
    int written; /* of them, so far */
    int ended;   /* by the audit log, as far as it was counted (bytes) */
    int letters; /* of these, dead letters */
    long counted;
    int files, repositories, doubled, spoilt;
    int harmed[HARMS], n_harmed;
    enum soak_harm first[HARMS];         /* each once, before dice alone decide */
    int64_t lost_at_ms[SOAK_LOSSES_MAX]; /* when Redis was emptied; how often knows the lane */
    struct soak_sample early, late;
};

uint64_t soak_roll(struct soak *soak, uint64_t below);

struct soak_order {
    int items, harms;
    uint64_t seed;
    bool github; /* pull requests go to the fake GitHub */
};

int soak_open(struct soak *soak, const char *dir, const char *plumb, const struct soak_order *order,
              struct err *err) MUST_USE;
void soak_close(struct soak *soak, bool keep);
/* A file of findings, a tenth of them known; now and then something that is none. */
int soak_feed(struct soak *soak, struct err *err) MUST_USE;
/* Renews ended. */
void soak_count(struct soak *soak);
/* One harm by dice. */
int soak_harm(struct soak *soak, struct err *err) MUST_USE;
/* Wakes who was frozen long enough, and starts whoever is missing; all: at once. */
int soak_mend(struct soak *soak, bool all, struct err *err) MUST_USE;
/* Stops all roles where they are; lets those go on that were not frozen before. */
void soak_pause(const struct soak *soak, bool pause);
/* Waits until every item has its event and every offset is committed. */
int soak_settle(struct soak *soak, int64_t within_ms, struct err *err) MUST_USE;
void soak_look(const struct soak *soak, struct soak_sample *out);

#endif
