/*
 * Marks: the dangerous things that a file says, each as a line of text, so that what a fix brings
 * in is the difference of two lists. A mark is "kind: what"; the same thing said twice is two
 * marks.
 */
#ifndef WORKER_GATE_MARKS_H
#define WORKER_GATE_MARKS_H

#include "common/arena.h"
#include "worker/hcl/syntax/tree.h"

#define MARKS_MAX 20000

struct marks {
    struct arena *arena;
    const char **items;
    size_t n;
    size_t cap;
    bool networks_once; /* an open network is one mark, however often it is said */
    bool strict;        /* of a model's fix: what runs, and where secrets are told, is marked too */
    const char *const *sensitive; /* strict: variables that are; NULL-ended; may be NULL */
    bool failed;                  /* no memory, or too many: the lists cannot be compared */
};

int marks_new(struct marks *marks, struct err *err) MUST_USE;
void marks_done(struct marks *marks);
void marks_add(struct marks *marks, const char *format, ...) PRINTF_LIKE(2, 3);
/* The first mark that after has more often than before, or NULL. Sorts both. */
const char *marks_new_one(struct marks *before, struct marks *after);

/* The wildcards of a policy that is written as JSON text, outside of statements that deny. false:
 * it is none, and nothing is added (denied_policy.c). */
bool denied_policy_marks(struct marks *marks, const struct hcl_file *file,
                         const struct hcl_node *node);
/* Everything dangerous in a file (denied_marks.c). */
void denied_marks(struct marks *marks, const struct hcl_file *file);

#endif
