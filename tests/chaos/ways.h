/*
 * Ways: the fault points as a table, and what has to happen so that one of them is passed.
 */
#ifndef TESTS_CHAOS_WAYS_H
#define TESTS_CHAOS_WAYS_H

#include "common/base.h"

enum way_role { WORK, POLL, SINK };

enum way {
    ORDINARY,   /* a finding that ends with a pull request */
    PLANNED,    /* the same, whose plan is there already: an earlier try failed behind it */
    DEFERRED,   /* the same, whose fetch fails once */
    REPEATED,   /* one that had ended, sent again */
    HOPELESS,   /* one of a repository that is not there: the dead-letter queue */
    UNREADABLE, /* bytes that are no item */
    SLOW,       /* a finding that takes longer than a renewal of its lease */
    STOPPED,    /* the worker is told to stop in the middle of one */
    POLLED,     /* findings and an unusable line in a file */
    POSTED,     /* findings sent to the intake, until it says yes */
    STORED,     /* an item's events reach the audit log */
    SPOILT      /* bytes that are no event on the audit topic */
};

enum way_kind { PLAIN, REPLY, IO };

struct way_point {
    const char *name;
    enum way_role role;
    enum way way;
    enum way_kind kind;
};

extern const struct way_point way_points[];
extern const size_t way_points_count;

enum way_action { ACT_KILL, ACT_STOP, ACT_TERM, ACT_REPLY, ACT_ENOSPC, ACT_EIO, ACTIONS };

extern const char *const way_actions[ACTIONS];
/* Does this kind of point know the action? */
bool way_knows(const struct way_point *point, enum way_action action);
/* The rules for PLUMB_FAULT: what leads there, then the fault at its n-th passing. */
void way_rules(const struct way_point *point, enum way_action action, int nth, char *out,
               size_t size);

#endif
