/*
 * Cases of the kill matrix: at one fault point something happens to one role, while it works on
 * items of its own; another one takes over; everything ends as if nothing had been.
 */
#ifndef TESTS_CHAOS_CASES_H
#define TESTS_CHAOS_CASES_H

#include "tests/chaos/lane.h"
#include "tests/chaos/ways.h"

struct chaos_case {
    const struct way_point *point;
    enum way_action action;
    int seed; /* from 1 on: how many items, at which passing, and in which order */
};

/* "push.ok:kill:2", as ./dev chaos --case takes it. */
void case_name(const struct chaos_case *c, char out[64]);
/* 0 when the fault has happened and all has come to rest; the checker is asked by the caller. */
int case_run(struct lane *lane, const struct chaos_case *c, struct err *err) MUST_USE;

#endif
