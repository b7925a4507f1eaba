/*
 * Replay: records that a topic still holds, sent to their input topic again.
 *
 *     queue_scan_new -> replay_choose (reads; sends nothing) -> replay_run -> replay_choice_free
 *
 * An item is chosen once, by its newest record. A record that cannot be decoded is left out; of
 * letters with the same such bytes the newest is chosen.
 * replay_run first has "replay.started" acked on the audit topic (who, why, what, how many), then
 * sends, then tells "replay.finished".
 *
 * Holds:    it reads by assignment and commits nothing, so the workers' group never goes back; it
 *           reads to the ends of its start, so it never meets what it sends. A record that this
 *           very replay sent before is passed over.
 * Does not: know whether a worker will do anything: an item that ended stays ended, but for one in
 *           the dead-letter queue, once for each replay id.
 *
 * A stop (stop.h) ends both calls in order, with what is told by then true.
 */
#ifndef PRODUCER_REPLAY_H
#define PRODUCER_REPLAY_H

#include <stdatomic.h>

#include "common/kafka/queue_scan.h"
#include "producer/replay_record.h"
#include "producer/replay_span.h"

#define REPLAY_REASON_BYTES 1000

struct replay_request {
    const char *topic;
    const struct replay_span *span;
    const struct selector *selector;
    const struct replay_names *names;
    int64_t max;             /* the oldest so many; 0: all */
    int64_t rate_per_minute; /* 0: as fast as it goes */
    const char *id;          /* replay_id_is_valid */
    const char *by, *reason;
    bool reopens_review; /* PENDING_REVIEW too, not DLQ alone */
};

struct replay_pick { /* one chosen record */
    int32_t partition;
    int64_t offset;
    int64_t at_unix_ms;
    atomic_bool is_done; /* sent and acked, or refused for good; another thread may look */
};

struct replay_choice {
    struct replay_pick *picks; /* by partition and offset */
    size_t n, capacity;
    int64_t looked_at;
    int64_t repeats;    /* further records of an item that was chosen */
    int64_t left_out;   /* by max; they stand behind the first n */
    int64_t own_copies; /* that this replay sent before */
    int64_t answered;   /* dead letters that were sent again or purged; not chosen */
    int64_t unreadable; /* of an input topic, not decodable: left to their letters; not chosen */
    int64_t undecided;  /* an expression gave up on them; not chosen */
};

struct replay_totals {
    int64_t sent;
    int64_t refused; /* cannot be sent again */
    int64_t gone;    /* no longer there when they were to be read */
    char first_refusal[400];
};

/* Called often; total 0: not known. */
struct replay_watch {
    void (*progress)(void *context, const char *what, int64_t done, int64_t total, int64_t found);
    void *context;
};

enum replay_answer {
    REPLAY_STOPPED = 1, /* a stop was asked: what is told is true, the rest is not done */
};

/* 0, REPLAY_STOPPED (nothing chosen), ERR_RETRY, ERR_FATAL. */
int replay_choose(struct replay_choice **out, struct queue_scan *scan,
                  const struct replay_request *request, const struct replay_watch *watch,
                  struct err *err) MUST_USE;
/* For a choice that is made otherwise: empty; add in any order, each record once, then sort. */
int replay_choice_new(struct replay_choice **out, struct err *err) MUST_USE;
int replay_choice_add(struct replay_choice *choice, int32_t partition, int64_t offset,
                      int64_t at_unix_ms, struct err *err) MUST_USE;
/* Keeps the oldest max (0: all) and sorts by place. */
void replay_choice_sort(struct replay_choice *choice, int64_t max);
void replay_choice_free(struct replay_choice *choice);
DEFINE_CLEANUP(struct replay_choice *, replay_choice_free)

/* Reads the chosen records again and hands each to each(); a negative answer of it ends the walk
 * and is passed on. 0, REPLAY_STOPPED, ERR_RETRY, ERR_FATAL. */
typedef int (*replay_each_fn)(void *context, const struct replay_facts *facts,
                              struct replay_pick *pick, struct err *err);
int replay_walk(struct replay_choice *choice, struct queue_scan *scan,
                const struct replay_names *names, replay_each_fn each, void *context,
                struct err *err) MUST_USE;

/* 0; REPLAY_STOPPED; ERR_RETRY: the queue failed, picks[].is_done says how far it came. */
int replay_run(struct replay_choice *choice, struct queue_scan *scan,
               const struct replay_request *request, struct queue_producer *producer,
               const struct replay_watch *watch, struct replay_totals *totals,
               struct err *err) MUST_USE;

#endif
