/*
 * State cache: the Terraform states that this worker knows, fetched once for many findings.
 *
 *     state_cache_take -> held.state … -> state_held_drop
 *
 * A state is fetched when it is first asked for, and asked for again (with its ETag) when it is
 * older than its source says. One thread fetches a source, the others that want it wait; different
 * sources do not wait for each other. A refusal is remembered as long as a state is; a failure of
 * the network for STATE_PATIENCE_MS, so that many findings do not all wait for a dead server.
 *
 * Holds:    at most about STATE_CACHE_BYTES of parsed states that nobody uses right now; the
 *           longest unused go first.
 * Any thread.
 */
#ifndef WORKER_STATE_CACHE_H
#define WORKER_STATE_CACHE_H

#include "common/base.h"
#include "worker/hcl/state/state.h"
#include "worker/state_source.h"

#define STATE_CACHE_BYTES ((size_t)128 * 1024 * 1024)
#define STATE_CACHE_MAX   1024 /* sources */
#define STATE_PATIENCE_MS 5000

struct state_cache;
struct state_held; /* a state that stays as long as somebody holds it */

int state_cache_new(struct state_cache **out, const char *user_agent, struct err *err) MUST_USE;
void state_cache_free(struct state_cache *cache); /* NULL is fine; held states outlive it */
DEFINE_CLEANUP(struct state_cache *, state_cache_free)

/*
 * The state at a location (state_source_locate) of a source, which lives as long as the cache.
 * now_ms is monotonic. ERR_RETRY and ERR_REJECT as state_source_fetch, and ERR_REJECT for bytes
 * that are no state: the text begins with the location.
 */
int state_cache_take(struct state_cache *cache, const struct state_source *source,
                     const char *location, struct http *http, int64_t now_ms,
                     struct state_held **out, struct err *err) MUST_USE;
const struct hcl_state *state_held_state(const struct state_held *held);
void state_held_drop(struct state_held *held); /* NULL is fine */
DEFINE_CLEANUP(struct state_held *, state_held_drop)

#endif
