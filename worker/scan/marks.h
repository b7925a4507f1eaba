/*
 * Marks: the comments of a tree that tell scanners to look away, each with the block it stands at.
 *
 *     scan_marks_new (reads the files) -> scan_marks_find … -> scan_marks_state -> scan_marks_free
 *
 * A mark belongs to a resource's block, or to a module's (then it counts for all below that call),
 * where it stands inside it, behind it, or right above it. Checkov reads its own inside a block
 * only, and tfsec's "*" counts above the block and on its first line. One that is expired
 * or cannot be read is not honoured; what each did is told at the end.
 *
 * One thread per repo.
 */
#ifndef WORKER_SCAN_MARKS_H
#define WORKER_SCAN_MARKS_H

#include "worker/hcl/module/calls.h"
#include "worker/scan/mark_text.h"

struct scan_mark {
    struct mark_text text;
    const char *file;
    int line;
    const struct hcl_node *block; /* NULL: it stands at none */
    bool is_header;               /* above the block or on its first line */
    bool is_at_call;              /* the block is a module's */
    bool is_expired;
    size_t n_used; /* findings that it suppressed */
};

enum scan_mark_state {
    MARK_USED,
    MARK_EXPIRED,      /* not honoured any more */
    MARK_BAD,          /* text.problem says why it is not honoured */
    MARK_FITS_NOTHING, /* what it speaks of holds, or it stands at no resource */
    MARK_NOT_OURS,     /* it speaks of no rule that was asked: another scanner's affair */
};

struct scan_marks;

/* today: "2026-01-02". Borrows the repo. ERR_FATAL. */
int scan_marks_new(struct scan_marks **out, const struct hcl_repo *repo, const char *today,
                   struct err *err) MUST_USE;
void scan_marks_free(struct scan_marks *marks);
DEFINE_CLEANUP(struct scan_marks *, scan_marks_free)
/* The mark that suppresses the rule on the resource whose block is written there, under the calls
 * of its root; NULL: none does. */
const struct scan_mark *scan_marks_find(struct scan_marks *marks, const struct rule *rule,
                                        const struct hcl_resource *resource,
                                        const struct hcl_node *written,
                                        const struct hcl_call *calls, size_t n_calls);
size_t scan_marks_count(const struct scan_marks *marks);
const struct scan_mark *scan_marks_at(const struct scan_marks *marks, size_t i); /* by file, line */
enum scan_mark_state scan_mark_state(const struct scan_mark *mark, const struct rule *const *rules,
                                     size_t n_rules);

#endif
