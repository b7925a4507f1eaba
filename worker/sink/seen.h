/*
 * Seen: the ids of all events that the log holds, 16 bytes each in an open hash table that is at
 * most half full. Ids are hashes themselves, so their first bytes choose the place.
 */
#ifndef WORKER_SINK_SEEN_H
#define WORKER_SINK_SEEN_H

#include "common/base.h"

struct seen;

int seen_new(struct seen **out, struct err *err) MUST_USE;
void seen_free(struct seen *seen);
DEFINE_CLEANUP(struct seen *, seen_free)

bool seen_has(const struct seen *seen, const char *id);
/* Again is fine. 0 or ERR_FATAL (no memory). */
int seen_add(struct seen *seen, const char *id, struct err *err) MUST_USE;

#endif
