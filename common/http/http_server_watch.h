/*
 * Connection watch: cuts off clients that take too long. libmicrohttpd's own timeout counts from
 * the last byte, so a client that drips one byte every few seconds would hold its place for ever.
 * This one counts from the connection's start, its last finished request, or the answer's begin.
 *
 *     watch_new()  ->  watch_enter(), watch_state(), watch_leave()  ->  watch_free()
 *
 * One thread of its own; all functions may be called from any thread. Only http_server*.c use it.
 */
#ifndef COMMON_HTTP_HTTP_SERVER_WATCH_H
#define COMMON_HTTP_HTTP_SERVER_WATCH_H

#include "common/base.h"

struct connection_watch;
struct watched; /* one connection, from enter to leave */

enum watch_state {
    WATCH_READING,  /* the client has not asked all it wants */
    WATCH_HANDLING, /* our own time: never cut */
    WATCH_WRITING,  /* the client has not taken all we said */
};

int watch_new(struct connection_watch **out, int64_t deadline_ms, struct err *err) MUST_USE;
void watch_free(struct connection_watch *watch); /* every connection has left */

struct watched *watch_enter(struct connection_watch *watch, int fd); /* NULL without memory */
/* The descriptor must still be open: leave comes before close. NULL is fine in both. */
void watch_leave(struct connection_watch *watch, struct watched *watched);
/* Every change of state starts the count anew. */
void watch_state(struct connection_watch *watch, struct watched *watched, enum watch_state state);
/* Waits until all that was asked has been answered, at most timeout_ms. */
void watch_drain(struct connection_watch *watch, int64_t timeout_ms);

#endif
