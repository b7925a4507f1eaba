/*
 * Poller: one source on its interval, under its lease.
 *
 *     poller_new() -> poller_run() in its thread, or poller_pass() once -> poller_free()
 *
 * Replicas share the work: whoever holds the source's lease polls, and keeps the lease while it
 * waits for the next turn; the others stand by and take over when it runs out. The lease is renewed
 * between items, while waiting, and from the callbacks of long requests (should_stop).
 *
 * Holds:    the cursor is written only after every delivery report of the pass, and only under the
 * lease's fence. Threads:  a poller with its Redis and HTTP handles belongs to one thread;
 * poller_status may be asked by any.
 */
#ifndef PRODUCER_POLLER_H
#define PRODUCER_POLLER_H

#include "common/base.h"

struct config;
struct poller;
struct queue_producer;
struct source;

enum poller_answer { POLLER_HELD = 1 /* another replica polls this source */ };

int poller_new(struct poller **out, const struct source *source, const struct config *config,
               struct queue_producer *producer, struct err *err) MUST_USE;
void poller_free(struct poller *poller); /* drops the lease */
DEFINE_CLEANUP(struct poller *, poller_free)

/* 0, POLLER_HELD, or the class of what went wrong; not logged. */
int poller_pass(struct poller *poller, struct err *err) MUST_USE;
/* Until a stop is asked for. Failures are logged, and backed off from with jitter. */
void poller_run(struct poller *poller);

struct poller_status {
    const char *source;
    bool leads;             /* holds the lease */
    int64_t polled_unix_ms; /* the last good pass; 0 none yet */
    int64_t failures;       /* in a row */
    int64_t items, refused; /* of the last good pass */
    char error[256];        /* of the last failure, redacted; "" after a good pass */
};
void poller_status(struct poller *poller, struct poller_status *out);

/* The families of the poll role; may be called again. */
void poll_declare_metrics(void);

#endif
