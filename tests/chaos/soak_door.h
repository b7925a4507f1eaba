/*
 * Soak doors: a fault proxy before every server, so that the network may be bad for one of the
 * roles, or for all.
 *
 *     doors_open -> door_lead, door_address … -> doors_harm … doors_mend … -> doors_close
 *
 * Kafka has one door, since it tells every client the same address. So has GitHub. Redis has one
 * for each worker, and one for the pollers and the sink: a worker may be cut off while others are
 * not. All roles come through doors, the witness, too: connections that are made anew are what
 * could leak. What is bad ends after seconds.
 *
 * No byte is ever changed on its way: neither RESP nor Kafka's frames (but for the records in them)
 * nor HTTP has a checksum, so all bets would be off. TLS is the answer there.
 */
#ifndef TESTS_CHAOS_SOAK_DOOR_H
#define TESTS_CHAOS_SOAK_DOOR_H

#include "tests/chaos/proxy.h"

#define SOAK_WORKERS     4
#define DOOR_URL_BYTES   48
#define DOOR_REDIS(role) (2 + (role)) /* of that worker */

enum door { DOOR_KAFKA, DOOR_GITHUB, DOOR_OTHERS_REDIS = DOOR_REDIS(SOAK_WORKERS), DOORS };

enum door_harm {
    DOOR_SLOW,    /* everything arrives late, and not evenly */
    DOOR_SLICE,   /* it arrives in pieces of a few bytes */
    DOOR_CUT,     /* each connection ends in the middle of something */
    DOOR_RESET,   /* everybody is thrown out, once */
    DOOR_HOLD,    /* nothing arrives; later everything does */
    DOOR_SWALLOW, /* nothing arrives, ever; later the connections are reset */
};

struct doors {
    struct {
        struct proxy *proxy;
        int64_t bad_until_ms; /* 0: it is good */
        bool swallows;
    } at[DOORS];
};

int doors_open(struct doors *doors, struct err *err) MUST_USE;
void doors_close(struct doors *doors);
/* As in proxy.h: "HOST:PORT" or "unix:///path". */
int door_lead(struct doors *doors, int door, const char *upstream, struct err *err) MUST_USE;
/* before, and "127.0.0.1:PORT" */
void door_address(const struct doors *doors, int door, const char *before,
                  char out[DOOR_URL_BYTES]);
/* dice: any number; how bad it will be. */
void door_harm(struct doors *doors, int door, enum door_harm harm, uint64_t dice);
/* Through all of them, so far; 0 when one that must be used is not. */
int64_t doors_connections(const struct doors *doors, bool github);
/* What was bad for long enough is good again; all: at once. */
void doors_mend(struct doors *doors, bool all);

#endif
