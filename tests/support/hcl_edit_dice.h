/*
 * Edits by dice, and the judge of what became of them: for property tests and for the fuzzer.
 *
 *     edit_dice_throw(&dice, file, &thrown) -> apply -> edit_judge(&thrown, edited) == NULL
 *
 * One throw is one verb at one place of the file, and says what must be true afterwards. The judge
 * compares trees, comments and spans; it gives NULL or, in words, the first thing that does not
 * hold. Nothing here ends a test by itself.
 */
#ifndef TESTS_SUPPORT_HCL_EDIT_DICE_H
#define TESTS_SUPPORT_HCL_EDIT_DICE_H

#include "worker/hcl/edit/edit.h"

struct dice {
    uint32_t (*next)(void *context, uint32_t sides); /* 0 .. sides - 1 */
    void *context;
};

enum thrown_kind {
    THROWN_NOTHING, /* the file has no place for the verb that fell */
    THROWN_REFUSED, /* the verb refused; err says why */
    THROWN_SET,     /* target, a value, says value afterwards */
    THROWN_ADDED,   /* n children more below target, from index on, each saying value */
    THROWN_REMOVED, /* target is gone (with ->next when it is a key) */
    THROWN_LABEL,   /* target, a label, says value */
    THROWN_RENAMED, /* references changed */
};
struct thrown {
    const struct hcl_file *file;
    enum thrown_kind kind;
    const char *verb;              /* of edit.h, for messages */
    const struct hcl_node *target; /* a node of file */
    size_t index, n;
    char value[512];
    char name[64]; /* of an added argument or key; "" for others */
};

/* Makes the edit in edits. ERR_FATAL only. */
int edit_dice_throw(const struct dice *dice, const struct hcl_file *file, struct hcl_edits *edits,
                    struct thrown *out, struct err *err) MUST_USE;

/* Everything that must hold of any result: it parses, the spans are exact, undoing gives the old
 * bytes, and a file that was formatted still is. after: the parsed result; freed by the caller. */
const char *edit_judge_bytes(const struct hcl_file *file, const struct hcl_edited *edited,
                             struct hcl_file **after);
/* Of a single throw: what was asked is so, and all else says what it did, comments included. */
const char *edit_judge_meaning(const struct thrown *thrown, const struct hcl_edited *edited,
                               const struct hcl_file *after);

#endif
