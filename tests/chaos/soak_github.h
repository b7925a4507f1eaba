/*
 * Soak GitHub: what the fake GitHub does wrong, by dice.
 *
 * Workers write to it once a second at most, as to the real one, and that is judged. What GitHub
 * allows in an hour (500 writes) is not waited for: hours go by in the budget, each second one.
 */
#ifndef TESTS_CHAOS_SOAK_GITHUB_H
#define TESTS_CHAOS_SOAK_GITHUB_H

#include "tests/chaos/lane.h"

/* One of the next requests that it fits meets a fault. */
int github_harm(const struct lane *lane, uint64_t dice, struct err *err) MUST_USE;
/* No fault is left. */
int github_mend(const struct lane *lane, struct err *err) MUST_USE;
/* The hour's bucket of the budget is full again; the minute's and the second's are as they are. */
int github_hour_passes(const struct lane *lane, struct err *err) MUST_USE;

#endif
