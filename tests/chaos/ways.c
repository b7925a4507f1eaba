/* The list of fault points read as a table; the story stands in ways.h. */
#include "tests/chaos/ways.h"

#include <stdio.h>

const struct way_point way_points[] = {
#define POINT(name, role, way, kind) {name, role, way, kind},
#include "common/fault_points.def"
#undef POINT
};
const size_t way_points_count = COUNT(way_points);

const char *const way_actions[ACTIONS] = {"kill", "stop", "term", "reply", "enospc", "eio"};

bool way_knows(const struct way_point *point, enum way_action action)
{
    switch (action) {
    case ACT_ENOSPC:
    case ACT_EIO:
        return point->kind == IO;
    case ACT_REPLY:
        return point->kind == REPLY;
    default:
        return point->kind != IO;
    }
}

void way_rules(const struct way_point *point, enum way_action action, int nth, char *out,
               size_t size)
{
    static const char *const before[] = {
        [PLANNED] = "plan.saved:reply,",
        [DEFERRED] = "fetch:reply,",
        [SLOW] = "fetch:pause,",
        [STOPPED] = "fetch:term,",
        [SPOILT] = NULL,
    };
    const char *lead = before[point->way] != NULL ? before[point->way] : "";

    snprintf(out, size, "%s%s:%s@%d", lead, point->name, way_actions[action], nth);
}
