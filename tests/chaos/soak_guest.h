/*
 * Soak guest: somebody who joins the workers' group and leaves it again, about once a second, for
 * as long as it is invited: each time all partitions move.
 *
 *     guest_start -> guest_invite … -> guest_stop
 *
 * A thread of its own, which asks the broker directly.
 */
#ifndef TESTS_CHAOS_SOAK_GUEST_H
#define TESTS_CHAOS_SOAK_GUEST_H

#include "tests/chaos/group.h"

struct guest;

/* Borrows the group. */
int guest_start(struct guest **out, const struct group *group, struct err *err) MUST_USE;
void guest_stop(struct guest *guest); /* after the visit that is under way; NULL is fine */
void guest_invite(struct guest *guest, int64_t for_ms);
int guest_visits(struct guest *guest); /* so far: times that it was given partitions */

#endif
