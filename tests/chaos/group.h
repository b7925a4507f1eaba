/*
 * Group: a consumer group as its broker sees it. Is all that was sent committed, and who has died?
 *
 * A member that was killed is missed by its broker only after the session timeout, of at least four
 * seconds. group_evict says the same sooner: a LeaveGroup request in the dead member's name.
 */
#ifndef TESTS_CHAOS_GROUP_H
#define TESTS_CHAOS_GROUP_H

#include "common/base.h"

struct group;

/* topics: whole names, copied. */
int group_open(struct group **out, const char *brokers, const char *name, const char *const *topics,
               size_t n, struct err *err) MUST_USE;
void group_close(struct group *group);
DEFINE_CLEANUP(struct group *, group_close)

/* Every partition is committed up to its end. False also when the broker does not answer. */
bool group_is_at_rest(struct group *group);
/* Every member leaves; one that lives comes back. */
int group_evict(struct group *group, struct err *err) MUST_USE;
/* Somebody joins, keeps its share of the partitions for stay_ms without reading on, and leaves:
 * two rebalances. False when it was given nothing within ten seconds. From any thread. */
bool group_visit(const struct group *group, int64_t stay_ms);

#endif
