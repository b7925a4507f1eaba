/*
 * Claim store: which items are being worked on, and how every finished one ended.
 *
 * The queue may deliver an item twice (a rebalance, a replay, a slow worker), so a worker claims
 * the item's fingerprint before it acts. A claim is a lease with a fence: a worker that dies lets
 * it run out; one that stalls past it finds its writes refused.
 *
 *     take -> work, renew -> save_plan -> finish          (or release: not finished)
 *
 *   absent --take--> CLAIMED --finish--> ended {PR_OPEN … DLQ} --TTL--> absent
 *                      | ^  release, or the lease runs out (crashes was raised by take)
 *                      +-+
 *   ended DLQ --reopen (a replay, once for each of its ids)--> FREE, a new run
 *
 * Holds:    at most one unexpired claim per fingerprint, by Redis' clock; fences only rise, also
 *           after FLUSHALL (max(stored + 1, Redis time in us)); every change of several fields is
 *           one Lua script, idempotent for the same owner token, and asked twice when the first try
 *           got no answer; take raises the crash counter before the work, and finish or release
 *           lowers it again.
 * Does not: survive a Redis that forgets. Safety rests on GitHub's create-only ref, not on this.
 *
 * One store per thread (one connection). Keys plumb:item:{fp}, plumb:plan:{fp},
 * plumb:answers:{fp}, plumb:counter:{name}.
 */
#ifndef COMMON_REDIS_CLAIM_STORE_H
#define COMMON_REDIS_CLAIM_STORE_H

#include "common/base.h"
#include "common/buf.h"

#define CLAIM_FP_BYTES     65
#define CLAIM_OWNER_BYTES  64
#define CLAIM_MARGIN_MS    10000 /* the owner gives up that early, or a sixth of the lease */
#define CLAIM_CRASHES_MAX  3
#define CLAIM_REPLAY_BYTES 65

struct claim_store;
struct redis;

struct claim {
    char fp[CLAIM_FP_BYTES];
    char owner[CLAIM_OWNER_BYTES]; /* unique per take */
    int64_t fence;
    int64_t give_up_at_ms;           /* monotonic: past it, write nothing more */
    int64_t attempts;                /* charged so far */
    int64_t crashes;                 /* takes that never came back, this one not counted */
    int64_t run;                     /* 0 at first; each reopen begins the next */
    char replay[CLAIM_REPLAY_BYTES]; /* the replay that began this run; "" for the first */
};

struct claim_record { /* what stands in the store about one fingerprint */
    char state[24];   /* "CLAIMED", "FREE" or a terminal state; "" when absent */
    char pr_url[512];
    char branch[256];
    char reason[600];
    int64_t attempts;
    int64_t crashes;
    int64_t fence;
    int64_t updated_unix_ms;
    int64_t run;
    char replay[CLAIM_REPLAY_BYTES];
};

enum claim_answer {
    CLAIM_HELD = 1,      /* another worker has it: re-produce to a retry topic, ask again later */
    CLAIM_ENDED = 2,     /* already in a terminal state: *record says which */
    CLAIM_LOST = 3,      /* our lease ran out or the fence moved: stop, write nothing more */
    CLAIM_NO_PLAN = 4,   /* nothing saved for this fingerprint */
    CLAIM_POISON = 5,    /* taken, but CLAIM_CRASHES_MAX takes never came back: dead-letter it */
    CLAIM_NO_ANSWER = 7, /* none saved under that name */
    CLAIM_NOT_REOPENED = 6, /* in no such state, or this replay opened it before */
};

/* How much of a lease its owner leaves unused. */
int64_t claim_margin_ms(int64_t lease_ms);

/* redis is borrowed and must outlive the store. */
int claim_store_new(struct claim_store **out, struct redis *redis, struct err *err) MUST_USE;
void claim_store_free(struct claim_store *store);
DEFINE_CLEANUP(struct claim_store *, claim_store_free)

/* ERR_FATAL unless maxmemory-policy is noeviction; ERR_RETRY when Redis is away. A server that
 * forbids CONFIG GET (ElastiCache) is asked by INFO memory instead. */
int claim_store_check(struct claim_store *store, struct err *err) MUST_USE;

/* 0 or CLAIM_POISON: *out filled. CLAIM_HELD, CLAIM_ENDED: *record filled. */
int claim_store_take(struct claim_store *store, const char *fp, int64_t lease_ms,
                     int64_t now_mono_ms, struct claim *out, struct claim_record *record,
                     struct err *err) MUST_USE;
/* 0 moves claim->give_up_at_ms; CLAIM_LOST. */
int claim_store_renew(struct claim_store *store, struct claim *claim, int64_t lease_ms,
                      int64_t now_mono_ms, struct err *err) MUST_USE;
/* The write-ahead plan, opaque bytes. 0 or CLAIM_LOST. */
int claim_store_save_plan(struct claim_store *store, const struct claim *claim, const void *bytes,
                          size_t len, struct err *err) MUST_USE;
int claim_store_load_plan(struct claim_store *store, const char *fp, struct buf *out,
                          struct err *err) MUST_USE; /* 0 or CLAIM_NO_PLAN */
/* What was bought for the item, by name (a question's digest), opaque bytes; kept for keep_ms after
 * the last one, also past the item's end. 0 or CLAIM_LOST. */
int claim_store_save_answer(struct claim_store *store, const struct claim *claim, const char *name,
                            const struct buf *bytes, int64_t keep_ms, struct err *err) MUST_USE;
int claim_store_load_answer(struct claim_store *store, const char *fp, const char *name,
                            struct buf *out, struct err *err) MUST_USE; /* 0 or CLAIM_NO_ANSWER */
/* Writes the terminal record (state, pr_url, branch, reason) and drops the plan; kept for
 * retention_ms. */
int claim_store_finish(struct claim_store *store, const struct claim *claim,
                       const struct claim_record *record, int64_t retention_ms,
                       struct err *err) MUST_USE; /* 0 or CLAIM_LOST */
/* Gives the claim back unfinished; charge adds one attempt. 0 or CLAIM_LOST. After ERR_RETRY the
 * next take of the same fingerprint by this store goes on with the same claim, no crash counted. */
int claim_store_release(struct claim_store *store, const struct claim *claim, bool charge,
                        struct err *err) MUST_USE;
/* A replay asks for an ended item once more: a record in one of states (a list "DLQ,…"), or none at
 * all, becomes FREE with no attempts and no crashes, and its run rises. Once for each replay id for
 * as long as the record lives. 0 or CLAIM_NOT_REOPENED; then take as ever. */
int claim_store_reopen(struct claim_store *store, const char *fp, const char *replay,
                       const char *states, struct err *err) MUST_USE;
int claim_store_read(struct claim_store *store, const char *fp, struct claim_record *out,
                     struct err *err) MUST_USE;
/* Counts one more under counter:{name} and gives the new value; the key lives ttl_ms from the
 * first. */
int claim_store_count(struct claim_store *store, const char *name, int64_t ttl_ms, int64_t *out,
                      struct err *err) MUST_USE;

#endif
