/*
 * Soak guest: somebody who joins the workers' group and leaves it again, as often as it is invited,
 * with a breath between: each time all partitions move. The group lets it in within a second, or
 * when it has missed a dead member.
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
void guest_invite(struct guest *guest, int times); /* instead of what is left */
int guest_visits(struct guest *guest);             /* so far: times that it was given partitions */

#endif
