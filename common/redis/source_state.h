/*
 * Source state: what replicas of the poller share in Redis: who polls a source now (lease), how far
 * it got (cursor), and tokens of which only one may live (token).
 *
 *     source_lease_take -> poll, source_lease_renew -> source_cursor_write -> source_lease_drop
 *
 * Keys source:{name} and token:{provider}. A cursor is opaque text, written only under the lease's
 * fence.
 */
#ifndef COMMON_REDIS_SOURCE_STATE_H
#define COMMON_REDIS_SOURCE_STATE_H

#include "common/base.h"
#include "common/buf.h"

struct redis;

struct source_lease {
    char name[128];
    char owner[64];
    int64_t fence;
    int64_t give_up_at_ms; /* monotonic */
};

enum source_answer {
    SOURCE_HELD = 1, /* another replica polls it */
    SOURCE_LOST = 2, /* our lease ran out: write nothing more */
    SOURCE_NO_CURSOR = 3,
    TOKEN_ABSENT = 4, /* no live token: refresh under token_lock */
    TOKEN_LOCKED = 5, /* another process refreshes: ask again shortly */
};

int source_lease_take(struct redis *redis, const char *name, int64_t lease_ms, int64_t now_mono_ms,
                      struct source_lease *out, struct err *err) MUST_USE; /* 0 or SOURCE_HELD */
int source_lease_renew(struct redis *redis, struct source_lease *lease, int64_t lease_ms,
                       int64_t now_mono_ms, struct err *err) MUST_USE; /* 0 or SOURCE_LOST */
int source_lease_drop(struct redis *redis, const struct source_lease *lease,
                      struct err *err) MUST_USE; /* also 0 when it was lost */
int source_cursor_read(struct redis *redis, const char *name, struct buf *out,
                       struct err *err) MUST_USE; /* 0 or SOURCE_NO_CURSOR */
int source_cursor_write(struct redis *redis, const struct source_lease *lease, const char *cursor,
                        struct err *err) MUST_USE; /* 0 or SOURCE_LOST */

/* Every source starts anew, for what its cursor tells as sent is gone (a new embedded broker). */
int source_cursors_forget(struct redis *redis, struct err *err) MUST_USE;

/* The shared token and its remaining life; 0 or TOKEN_ABSENT. The text is registered with redact().
 */
int shared_token_read(struct redis *redis, const char *provider, struct buf *out,
                      struct err *err) MUST_USE;
/* One refresher at a time: 0 (we hold the lock for lock_ms) or TOKEN_LOCKED. */
int shared_token_lock(struct redis *redis, const char *provider, const char *owner, int64_t lock_ms,
                      struct err *err) MUST_USE;
/* Publishes the new token for life_ms and drops the lock. 0 also when the lock ran out and another
 * refresher came since: then nothing is published, for theirs may have ended ours. */
int shared_token_write(struct redis *redis, const char *provider, const char *owner,
                       const char *token, int64_t life_ms, struct err *err) MUST_USE;
/* The token was refused (401): forget it, but only if it is still this one. */
int shared_token_forget(struct redis *redis, const char *provider, const char *token,
                        struct err *err) MUST_USE;

#endif
