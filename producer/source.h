/*
 * Source: one upstream that is polled from a cursor. Implementations in producer/sources/.
 *
 * The poll loop (poll.h) holds the source's lease, reads its cursor, calls poll, waits for every
 * delivery report, and only then writes the new cursor. A source that fails half way has emitted a
 * prefix; what it leaves in next_cursor then (nothing, or the progress that is true for that
 * prefix) is written too once the prefix is acked. What is emitted twice collapses by fingerprint.
 */
#ifndef PRODUCER_SOURCE_H
#define PRODUCER_SOURCE_H

#include "common/base.h"
#include "common/buf.h"

struct config;
struct http;
struct redis;
struct item;

struct source_context {
    const struct config *config;
    struct http *http;
    struct redis *redis;
    const char *run_id;
    int64_t now_unix_ms;
    bool (*should_stop)(void *context); /* stop asked for, or the lease is lost */
    void *stop_context;
    /* Sends one item on (borrowed). Errors are passed up by the source. */
    int (*emit)(void *emit_context, const struct item *item, struct err *err);
    void *emit_context;
    /* An input record that can never become an item: dead-lettered with the reason. */
    int (*refuse)(void *emit_context, const char *bytes, size_t len, const char *why,
                  struct err *err);
};

struct source {
    const char *name; /* "vanta" */
    /* ERR_FATAL when its configuration is incomplete, saying which variable. */
    int (*check)(const struct config *config, struct err *err);
    /* cursor is "" at first; writes the next cursor. A stop that was asked for is ERR_RETRY
     * "stopped". */
    int (*poll)(const struct source_context *context, const char *cursor, struct buf *next_cursor,
                struct err *err);
};

extern const struct source source_vanta;
extern const struct source source_file;
extern const struct source source_terraform;

#endif
