/*
 * Fault proxy: a TCP door on loopback before a server, where the network may be made bad in either
 * direction, at any time.
 *
 *     proxy_start(&proxy, "127.0.0.1:6379", 0, err) -> clients go to proxy_port(proxy)
 *         proxy_set(proxy, TO_CLIENT, &(struct proxy_faults){.latency_ms = 50}) …
 *     -> proxy_stop(proxy)
 *
 * Holds:    faults count from the proxy_set that brought them, on each connection by itself; an end
 *           of one side is passed on after all bytes before it.
 * Does not: know any protocol; end what a server does not hear (see hold and swallow).
 *
 * One thread of its own. Every function may be called from any thread.
 */
#ifndef TESTS_CHAOS_PROXY_H
#define TESTS_CHAOS_PROXY_H

#include "common/base.h"

struct proxy;

enum proxy_direction { TO_SERVER, TO_CLIENT };

/* All zero: as if there were no proxy. */
struct proxy_faults {
    int64_t latency_ms;       /* each byte arrives so much later … */
    int64_t jitter_ms;        /* … and up to so much more, in order */
    int64_t bytes_per_second; /* > 0: not faster */
    size_t piece_bytes;       /* > 0: in writes of at most this size … */
    int64_t piece_pause_ms;   /* … so far apart */
    int64_t cut_after_bytes;  /* > 0: the connection ends, both ways, after so many bytes … */
    bool cut_by_reset;        /* … by RST */
    int64_t corrupt_byte;     /* > 0: this byte, counted from 1, arrives as another one */
    bool hold;                /* nothing arrives until the next proxy_set: then everything does */
    bool swallow;             /* half open: nothing arrives, also not later; the connection stays */
};

/* upstream: "HOST:PORT" of loopback, or "unix:///path". port 0: any. ERR_REJECT, ERR_FATAL. */
int proxy_start(struct proxy **out, const char *upstream, int port, struct err *err) MUST_USE;
void proxy_stop(struct proxy *proxy); /* cuts what is open */
DEFINE_CLEANUP(struct proxy *, proxy_stop)

int proxy_port(const struct proxy *proxy);
/* Copied; from now on, for open connections and for new ones. */
void proxy_set(struct proxy *proxy, enum proxy_direction direction,
               const struct proxy_faults *faults);
/* New connections lead there instead, as after a failover; open ones stay. ERR_REJECT. */
int proxy_lead_to(struct proxy *proxy, const char *upstream, struct err *err) MUST_USE;
/* New connections are refused, open ones stay. */
void proxy_refuse(struct proxy *proxy, bool refuse);
/* RST to everybody who is connected. */
void proxy_reset(struct proxy *proxy);
/* Bytes that came from the sender, so far, over all connections: also those that are held. */
int64_t proxy_seen(struct proxy *proxy, enum proxy_direction direction);
int64_t proxy_connections(struct proxy *proxy); /* accepted so far */

/*
 * One order in words, for people: "to-client latency=50 jitter=10", "both hold", "clear", "refuse",
 * "accept", "reset". Names as in struct proxy_faults without units: latency, jitter, rate, piece,
 * pause, cut, reset-after, corrupt, hold, swallow. ERR_REJECT says which word is none.
 */
int proxy_order(struct proxy *proxy, const char *words, struct err *err) MUST_USE;

#endif
