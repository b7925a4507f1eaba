/*
 * Repair: every finding of a tree that a rule can fix, fixed in memory, until nothing is left that
 * can be.
 *
 *     repair_tree (directory -> texts before and after, and what became of each finding)
 *         -> repair_file_at, repair_note_at -> repair_free
 *
 * It goes in passes. Two fixes of one pass touch different blocks, so none is made from a text that
 * another has changed; the next pass reads what the last one wrote. After the last pass the tree is
 * scanned once more: a finding that was not there before is told as worse, and then nothing of this
 * should be written.
 *
 * A fix after which its own rule does not hold, or cannot be told to hold, is none: everything is
 * done anew without it, and it is told as left.
 *
 * Holds: a second repair of what came out changes nothing. Bytes outside of the edits' spans stay.
 * One thread.
 */
#ifndef WORKER_FIX_REPAIR_H
#define WORKER_FIX_REPAIR_H

#include "worker/rules/rules.h"
#include "worker/scan/scan.h"

struct repair;

struct repair_options {
    const struct rule *const *rules;
    size_t n_rules;
    const struct rule_input *inputs;
    size_t n_inputs;
    bool with_care;    /* rules of class CARE too */
    const char *today; /* "2026-01-02", UTC: comments that suppress may have expired */
};

enum repair_answer {
    REPAIR_FIXED,
    REPAIR_CARE_LEFT,   /* a fix stands ready, but its class is CARE */
    REPAIR_NEEDS_INPUT, /* lacks names it */
    REPAIR_BY_HAND,     /* text says why, and for BREAK the migration plan */
    REPAIR_UNKNOWN,     /* it cannot be told whether the rule holds */
    REPAIR_SUPPRESSED,  /* by a comment */
    REPAIR_WORSE,       /* a finding that the fixes brought */
    REPAIR_UNREADABLE,  /* of a file or directory: rule and address are NULL */
};
#define REPAIR_ANSWERS (REPAIR_UNREADABLE + 1)

struct repair_note {
    enum repair_answer answer;
    const struct rule *rule;
    const char *address; /* of the resource, as the first root shows it */
    const char *file;
    int line; /* in the file as it was; of a block that a fix brought, as it came out; 0: none */
    const char *text;  /* what was done, or why not */
    const char *lacks; /* REPAIR_NEEDS_INPUT: the first input that is not given; else NULL */
};

struct repair_file {
    const char *path;
    const char *before; /* NULL: the file is new */
    size_t before_len;
    const char *after;
    size_t after_len;
};

/* The directory is only read. ERR_REJECT: no such directory, or too large; ERR_RETRY: it cannot be
 * read; ERR_FATAL. */
int repair_tree(struct repair **out, const char *directory, const struct repair_options *options,
                struct err *err) MUST_USE;
void repair_free(struct repair *repair);
DEFINE_CLEANUP(struct repair *, repair_free)

/* The changed files in the order of their paths; false past the end. */
bool repair_file_at(const struct repair *repair, size_t i, struct repair_file *out);
/* NULL past the end. Fixed ones first, as they were made. */
const struct repair_note *repair_note_at(const struct repair *repair, size_t i);
size_t repair_count(const struct repair *repair, enum repair_answer answer);

#endif
