/*
 * Flow: one direction of one connection through the fault proxy, its bytes and when they are due.
 *
 *     flow_take_in() when the sender has something, flow_pass_on() at flow_wants_at()
 *
 * Plain memory; the sockets are the caller's and never wait.
 */
#ifndef TESTS_CHAOS_PROXY_FLOW_H
#define TESTS_CHAOS_PROXY_FLOW_H

#include "tests/chaos/proxy.h"

#define FLOW_BYTES      65536
#define FLOW_CHUNKS_MAX 64

struct chunk { /* bytes that came together are due together */
    size_t len;
    int64_t due_ms;
};

struct flow {
    char bytes[FLOW_BYTES];
    size_t len;
    struct chunk chunks[FLOW_CHUNKS_MAX];
    size_t n_chunks;
    int64_t last_due_ms; /* of what came */
    int64_t next_ms;     /* when the next may go */
    int64_t passed;      /* bytes since these faults were set */
    int epoch;           /* which faults */
    bool ended;          /* the sender has ended … */
    bool told;           /* … and the receiver knows */
    bool dead;           /* bytes were swallowed: nothing may follow them */
};

enum flow_outcome { FLOW_GOES_ON, FLOW_BROKEN, FLOW_CUT };

bool flow_has_room(const struct flow *flow);
/* Reads once from the sender: how many bytes, or -1 when the connection is broken. */
int64_t flow_take_in(struct flow *flow, const struct proxy_faults *faults, int from, int64_t now_ms,
                     uint32_t *dice);
/* Sends what is due, then the end. epoch: another one for other faults. */
enum flow_outcome flow_pass_on(struct flow *flow, const struct proxy_faults *faults, int epoch,
                               int to, int64_t now_ms);
/* When it has something to send; INT64_MAX: nothing, or it may not. */
int64_t flow_wants_at(const struct flow *flow, const struct proxy_faults *faults);

#endif
